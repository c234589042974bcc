--[[
Stands before the scripts that read what a push shows: which families wait for their values from before, which series have been
shown at 0 for long enough, which families there are, where the group is.
]]

-- Family, for how many milliseconds it has waited, ...
local function waiting_families()
  -- From a script the reply is flat whatever protocol the client speaks.
  local fields, now, waiting = redis.call('HGETALL', key_named('restore')), clock(), {}
  for at = 1, #fields, 2 do
    -- Not what was cleared on purpose.
    if not string.find(fields[at], '*', 1, true) then
      waiting[#waiting + 1] = fields[at]
      waiting[#waiting + 1] = digits(now - stored_time(fields[at + 1], now))
    end
  end
  return waiting
end

-- A push shows what was made before it took its turn. So all series are released at once that were made before the turn of the
-- latest push that succeeded long enough ago: no note of them is ever rewritten.
local function release_new(for_ms)
  local now = clock()
  local new, shown = key_named('new'), key_named('shown')
  if for_ms == 0 or redis.call('EXISTS', new) == 0 then
    redis.call('DEL', new, shown)
    return
  end
  -- Times that the clock has not reached: it was set back. What was new counts from now, what was shown is not known.
  redis.call('ZREMRANGEBYSCORE', shown, '(' .. digits(now), '+inf')
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', new, '(' .. digits(now), '+inf', 'LIMIT', 0, 1000)) do
    redis.call('ZADD', new, digits(now), id)
  end
  local latest = redis.call('ZREVRANGEBYSCORE', shown, digits(now - for_ms), '-inf', 'LIMIT', 0, 1)[1]
  if latest then
    redis.call('ZREMRANGEBYSCORE', new, '-inf', '(' .. latest)
    redis.call('ZREMRANGEBYSCORE', shown, '-inf', '(' .. redis.call('ZSCORE', shown, latest))
  end
end

-- '1' if there may be something to sweep (sweep.lua) else '0', then for each family: definition (shape, newline, JSON), layout; and
-- apart from this their names, and which `<family>:<generation>` have exemplars.
local function all_families()
  local fields = redis.call('HGETALL', KEYS[1])
  local layouts, is_untidy, reply, names = {}, redis.call('EXISTS', key_named('garbage')) == 1, {''}, {}
  local marked = {}
  for at = 1, #fields, 2 do
    local family, writer = string.match(fields[at], '^([^#]+)#(.*)$')
    if family and writer == '' then
      layouts[family] = fields[at + 1]
    elseif family and string.sub(writer, 1, 1) ~= '@' then
      is_untidy = true
    elseif string.find(fields[at], EXEMPLARS, 1, true) == 1 then
      marked[string.sub(fields[at], #EXEMPLARS + 1)] = true
    end
  end
  for at = 1, #fields, 2 do
    local family = fields[at]
    if is_family(family) then
      names[#names + 1] = family
      reply[#reply + 1] = fields[at + 1]
      reply[#reply + 1] = layouts[family] or redis.call('HGET', key_named('layouts'), family) or ''
    end
  end
  reply[1] = is_untidy and '1' or '0'
  return reply, names, marked
end

-- Now in milliseconds, when the latest successful push took its turn or '', fields and values of the ledger.
local function read_ledger()
  -- From a script the reply is flat whatever protocol the client speaks.
  local reply = redis.call('HGETALL', key_named('ledger'))
  table.insert(reply, 1, redis.call('GET', key_named('pushed')) or '')
  table.insert(reply, 1, digits(clock()))
  return reply
end

--[[
Stands before every script: what all of them share. A Redis script cannot load another one.

KEYS  1  hash   holds the number of the format under '#format': `families` of a group, `about` of what all groups share
      2  base   prefix of all other keys, in the same hash slot; not a key itself. While Redis Cluster moves a slot, it runs
                no script of which a key is missing: with this one none runs where half of the data has gone already
Where each key is, and what it holds: docs/redis-format.md
]]
local FORMAT = '6'

local stored_format = redis.call('HGET', KEYS[1], '#format')
if stored_format ~= FORMAT and (stored_format or redis.call('EXISTS', KEYS[1]) == 1) then
  return redis.error_reply('FORMAT ' .. (stored_format or '1'))
end

local function key_named(name)
  return KEYS[2] .. name
end

-- Before the first write.
local function note_format()
  if not stored_format then
    redis.call('HSET', KEYS[1], '#format', FORMAT)
  end
end

-- The server's clock in milliseconds.
local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- A whole number with all its digits: Lua writes a large one as 1.7e+12.
local function digits(number)
  return string.format('%.0f', number)
end

-- A time that was stored. A stored time in the future counts as now: the clock was set back.
local function stored_time(text, now)
  return math.min(tonumber(text or 0), now)
end

-- Until when time has surely passed, by this clock and by the caller's: one that has jumped ahead makes nothing old.
local function surely_past(now, callers_clock)
  return math.min(now, tonumber(callers_clock))
end

-- Of values made up to then it is not known when they began. Generations are ahead of a clock that was set back.
local function starts_lost_now()
  return digits(math.max(clock(), tonumber(redis.call('HGET', KEYS[1], '#generation') or 0)))
end

-- The same where nobody has said so: nothing is lost of a group that has nothing.
local function starts_lost()
  return redis.call('EXISTS', key_named('layouts')) == 1 and starts_lost_now() or '0'
end

-- Before the first write to a group.
local function note_group()
  if not stored_format then
    redis.call('HSETNX', key_named('started'), '#', starts_lost())
    note_format()
  end
end

-- A push may have shown series and noted when they began in what is lost, or did not note it.
local function lose_starts(up_to)
  local started = key_named('started')
  local noted = tonumber(redis.call('HGET', started, '#'))
  if noted and noted < tonumber(up_to) then
    redis.call('HSET', started, '#', up_to)
  end
end

-- A push shows series without noting when they began: until another one has noted all of them nothing is known.
local NO_STARTS = '9007199254740991'
local function show_without_starts()
  local noted = redis.call('HGET', key_named('started'), '#')
  if noted and noted ~= NO_STARTS then
    redis.call('HSET', key_named('started'), '#', NO_STARTS)
  end
end

-- One name for one series of a group. No name of a family has a brace.
local function series_id(family, labels)
  return family .. '{' .. labels
end

-- A family's series are spread over buckets by linear hashing (Litwin 1980). The highest power of two up to n.
local function power_of(n)
  local power = 1
  while power * 2 <= n do
    power = power * 2
  end
  return power
end

-- The bucket of a hash among n buckets.
local function address(hash, n, power)
  local bucket = hash % (power * 2)
  return bucket < n and bucket or hash % power
end

-- Nobody who does not know the seed can choose labels that fall into one bucket.
local function hash_of(seed, labels)
  return tonumber(string.sub(redis.sha1hex(seed .. labels), 1, 8), 16)
end

-- A layout tells where the values of a family are: `<generation>:<number of buckets>:<seed>`, or `<generation>:0:<shelf>` for a
-- family of few series, which shares one hash, a shelf, with others.
local function parts_of(layout)
  local generation, n, seed = string.match(layout, '^(%d+):(%d+):(.*)$')
  return generation, tonumber(n), seed
end

-- It stands twice, so that either may be lost: beside the definitions, and in a hash of its own.
local function layout_of(family)
  return redis.call('HGET', KEYS[1], family .. '#') or redis.call('HGET', key_named('layouts'), family)
end

-- The fields of `families` that are a family, as its definition stands there: no name has one of these signs.
local function is_family(field)
  return not string.find(field, '[#@]')
end

local function shape_of(stored)
  return string.match(stored, '^[^\n]*')
end

-- Under this name, after that of the family, stands what is kept of another shape than the one that is shown.
local function beside_of(shape)
  return '@' .. redis.sha1hex(shape)
end

-- Of the values of this shape, which may stand beside those that are shown; '' for those that are shown.
local function layout_of_shape(family, shape)
  local stored = shape ~= '' and redis.call('HGET', KEYS[1], family)
  if stored and shape_of(stored) ~= shape then
    return redis.call('HGET', KEYS[1], family .. '#' .. beside_of(shape))
  end
  return layout_of(family)
end

-- The hash with the exemplars of a generation, wherever its series are; and the field of `families` which says that there are any.
local function exemplars_of(family, generation)
  return key_named('exemplars:') .. family .. ':' .. generation
end
local EXEMPLARS = '#exemplars:'
local function exemplars_mark(family, generation)
  return EXEMPLARS .. family .. ':' .. generation
end

-- Fields and values for `garbage`, one after the other: all generations that a group has, as left behind now, and all shelves;
-- and apart from these, as they stand in `families`, those that are being filled. Without the definitions, which are long.
local function garbage_of_all()
  local list, filled, shelves, now = {}, {}, {}, ':' .. digits(clock())
  local on_shelves = {}
  local function add(family, layout)
    local generation, n, shelf = string.match(layout, '^(%d+):(%d+):(.*)$')
    if n == '0' then
      local epoch, number = string.match(shelf, '^(%d+):(%d+)$')
      shelves[epoch] = math.max(shelves[epoch] or 0, number + 1)
      on_shelves[family .. ':' .. generation] = n .. now .. ':' .. shelf
    else
      list[#list + 1], list[#list + 2] = family .. ':' .. generation, n .. now
    end
  end
  local is_there = {}
  local fields = redis.call('HGETALL', key_named('layouts'))
  for at = 1, #fields, 2 do
    is_there[fields[at] .. '#'] = true
    add(fields[at], fields[at + 1])
  end
  local marked = {}
  for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
    if string.find(field, EXEMPLARS, 1, true) == 1 then
      marked[string.sub(field, #EXEMPLARS + 1)] = true
    end
    local sign = string.find(field, '#', 2, true)
    if sign and not is_there[field] then
      local layout = redis.call('HGET', KEYS[1], field)
      if sign < #field and string.sub(field, sign + 1, sign + 1) ~= '@' then
        filled[#filled + 1], filled[#filled + 2] = field, layout
      else
        add(string.sub(field, 1, sign - 1), layout)
      end
    end
  end
  -- Of those on shelves only exemplars have a hash of their own.
  for owner, entry in pairs(on_shelves) do
    if marked[owner] then
      list[#list + 1], list[#list + 2] = owner, entry
    end
  end
  for epoch, n in pairs(shelves) do
    list[#list + 1], list[#list + 2] = '#:' .. epoch, digits(n) .. now
  end
  return list, filled
end

-- Calls `act` with all of a list, some at a time: `unpack` takes some 8,000 values.
local UNPACKED_AT_ONCE = 1000
local function in_parts(list, act)
  for from = 1, #list, UNPACKED_AT_ONCE do
    act(unpack(list, from, math.min(from + UNPACKED_AT_ONCE - 1, #list)))
  end
end

-- Prefix of the hashes with the values of a generation: the number of a bucket follows.
local function buckets_of(family, generation)
  return key_named('series:') .. family .. ':' .. generation .. ':'
end

-- Shelves are `<epoch>:<number>`, and their hashes as if they were buckets of a family `#`: so they become garbage together.
local SHELVES = '#'
local function shelf_key(shelf)
  return key_named('series:') .. SHELVES .. ':' .. shelf
end

-- The field of a series on a shelf. No name of a family has a brace.
local function shelf_field(family, generation, labels)
  return family .. ':' .. generation .. '{' .. labels
end

-- The hash and the field of a series.
local function place_of(family, layout, labels)
  local generation, n, seed = parts_of(layout)
  if n == 0 then
    return shelf_key(seed), shelf_field(family, generation, labels)
  end
  return buckets_of(family, generation) .. address(hash_of(seed, labels), n, power_of(n)), labels
end

-- What `garbage` holds of a generation that is left behind now.
local function garbage_entry(n, seed, now)
  return n .. ':' .. now .. (tonumber(n) == 0 and ':' .. seed or '')
end

-- The last batch of a writer that was applied, and the last number given to it; nil if it is not known.
local function numbers_of(writer)
  local applied, issued = string.match(redis.call('HGET', key_named('writers'), writer) or '', '^(%d+):(%d+)$')
  return tonumber(applied), tonumber(issued)
end

-- Processes may have lost values of theirs: each sends them again with its next sign of life, in five seconds at the most, and until then
-- what is there is a part of them.
local PARTS_BACK_MS = '7000'
local function note_parts_lost()
  redis.call('SET', key_named('parts-lost'), '1', 'NX', 'PX', PARTS_BACK_MS)
end

-- Redis holds less than it once did: counters with `prefetch` wait for the values that Prometheus has seen. Of series made up to
-- `up_to` (default: now) it is not known any more when they began.
local function await_restoration(up_to)
  note_parts_lost()
  lose_starts(up_to or starts_lost_now())
  local restore, fields, now = key_named('restore'), redis.call('HGETALL', KEYS[1]), digits(clock())
  if redis.call('HEXISTS', restore, '*') == 1 then
    return
  end
  for at = 1, #fields, 2 do
    local family = fields[at]
    local has_prefetch = string.find(fields[at + 1], '"prefetch":true', 1, true)
    if has_prefetch and is_family(family) and redis.call('HEXISTS', restore, family .. '*') == 0 then
      redis.call('HSETNX', restore, family, now)
    end
  end
end

--[[
Stands before the scripts that change series: where a series is, and changes that can be taken back.
]]
local BUCKET_SIZE = 128
-- Buckets fill up at about the same time: were each split at once, hundreds would be in one call. A call of 200 new series
-- needs two on average, so those that wait are soon caught up with.
local SPLITS_AT_ONCE = 4
-- `unpack` takes some 8,000 values.
local UNPACKED_AT_ONCE = 1000

-- A global is looked up at each use, and the loops below go round hundreds of times.
local tonumber, call, sub, format = tonumber, redis.call, string.sub, string.format
local families, layouts, restore, garbage = KEYS[1], key_named('layouts'), key_named('restore'), key_named('garbage')

-- Commands that undo what was done, the last one first.
local journal, journal_size = {}, 0
local function undo_by(...)
  journal_size = journal_size + 1
  journal[journal_size] = {...}
end

-- Writes a field. `old` is what it held, false if nothing.
local function write_field(key, field, value, old)
  local is_new = call('HSET', key, field, value) == 1
  if old then
    undo_by('HSET', key, field, old)
  else
    undo_by('HDEL', key, field)
  end
  return is_new
end

local function drop_field(key, field)
  local old = call('HGET', key, field)
  if old then
    call('HDEL', key, field)
    undo_by('HSET', key, field, old)
  end
  return old
end

-- Done when all else is: an unlinked key does not come back.
local unlinked_last = {}

-- Runs `change`, whole or not at all: what a failing one has done is undone. Returns nil, or why it failed and, if even the
-- undoing failed, true.
local function whole(change)
  local is_done, failure = pcall(change)
  if is_done then
    for _, key in ipairs(unlinked_last) do
      redis.pcall('UNLINK', key)
    end
    return nil
  end
  local is_torn = false
  for at = journal_size, 1, -1 do
    local reply = redis.pcall(unpack(journal[at]))
    is_torn = is_torn or (type(reply) == 'table' and reply.err ~= nil)
  end
  return type(failure) == 'table' and failure.err or tostring(failure), is_torn
end

-- The generation that changes go to: see `open`.
local family, field, generation, n, power, seed, base
local layout_is_new = false

local function write_layout()
  local layout = generation .. ':' .. n .. ':' .. seed
  local old = call('HGET', families, field)
  write_field(families, field, layout, old)
  if field == family .. '#' then
    write_field(layouts, family, layout, call('HGET', layouts, family))
  end
end

-- Generations only rise, also if the clock is set back, or the latest of them is lost.
local function begin_generation(of)
  local latest = call('HGET', families, '#generation')
  generation = digits(math.max(clock(), tonumber(latest or 0) + 1))
  write_field(families, '#generation', generation, latest)
  n, power, seed = 1, 1, sub(redis.sha1hex(generation .. of .. tostring(ARGV[1])), 1, 12)
  base = buckets_of(family, generation)
end

-- Of a family the generation that is shown, or with `hidden` one that is being filled. The first series makes it.
local function open(name, hidden)
  family, field = name, name .. '#' .. (hidden or '')
  local layout = call('HGET', families, field) or (not hidden and call('HGET', layouts, name))
  layout_is_new = not layout
  if layout then
    generation, n, seed = parts_of(layout)
    power, base = power_of(n), buckets_of(family, generation)
  end
end

local function key_of(labels)
  if layout_is_new then
    begin_generation(field)
    write_layout()
    layout_is_new = false
  end
  if n == 1 then
    return base .. '0'
  end
  return base .. address(hash_of(seed, labels), n, power)
end

local function in_parts(list, act)
  for from = 1, #list, UNPACKED_AT_ONCE do
    act(unpack(list, from, math.min(from + UNPACKED_AT_ONCE - 1, #list)))
  end
end

-- Adds one bucket and moves to it what belongs there: the copies first, then the number of buckets, by which they are found.
local function split()
  local from, to = base .. (n - power), base .. n
  local new_power = power_of(n + 1)
  local fields = call('HGETALL', from)
  local moved, left = {}, {}
  for at = 1, #fields, 2 do
    if address(hash_of(seed, fields[at]), n + 1, new_power) == n then
      moved[#moved + 1], moved[#moved + 2] = fields[at], fields[at + 1]
      left[#left + 1] = fields[at]
    end
  end
  undo_by('UNLINK', to)
  in_parts(moved, function(...) call('HSET', to, ...) end)
  n, power = n + 1, new_power
  write_layout()
  in_parts(moved, function(...) undo_by('HSET', from, ...) end)
  in_parts(left, function(...) call('HDEL', from, ...) end)
end

local splits = 0
local function make_room(key)
  if splits < SPLITS_AT_ONCE and call('HLEN', key) > BUCKET_SIZE then
    splits = splits + 1
    split()
  end
end

-- As the exposition shows it, in as few digits as bring the double back as it was: read.lua passes it on.
local function number(value)
  if value ~= value then
    return 'NaN'
  elseif value == math.huge then
    return '+Inf'
  elseif value == -math.huge then
    return '-Inf'
  end
  local text = format('%.15g', value)
  if (value % 1 == 0 and value < 1e15 and value > -1e15) or tonumber(text) == value then
    return text
  end
  text = format('%.16g', value)
  return tonumber(text) == value and text or format('%.17g', value)
end

-- The family's generation is left behind: it is unlinked when no reading needs it any more (sweep.lua).
local function leave(of, layout)
  local left, buckets = parts_of(layout)
  write_field(garbage, of .. ':' .. left, buckets .. ':' .. digits(clock()), false)
end

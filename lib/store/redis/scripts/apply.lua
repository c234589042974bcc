--[[
Applies one batch of one writer: whole, and never twice.

ARGV  1  writer
      2  sequence
      3  '1': note new series, so that they are announced (announce.lua)
      4  families to forget first: 'all', or their number and then their names
      then number of definitions, then for each: family, shape, JSON
      then to the end, each opened by its code:
        'f' family shape mode   the updates that follow are this family's; mode 'add'; 'reset': remove its series first;
                                'restore': they are its values from before, and count once, if it waits for them
        'a' labels delta        counter and gauge: add
        's' labels value        gauge: set
        'o' labels packed       histogram: add doubles (a count a bucket, then the sum)
        'k' labels oldest packed  summary: merge sketch bins, forget slices before oldest
        'r' labels              remove the series
Returns {'applied'} | {'seen'} | {'undefined', family...} | {'clash', family, stored shape, ...}
Complexity O(updates); new series may also move the at most few hundred fields of some buckets.

Buckets have about BUCKET_SIZE fields: small hashes keep Redis' compact encoding, and no command ever touches more than a
few of them.
]]
local BUCKET_SIZE = 128
-- Buckets fill up at about the same time: were each split at once, hundreds would be in one call. A call of 200 new series
-- needs two on average, so those that wait are soon caught up with.
local SPLITS_AT_ONCE = 4
local WRITER_TTL_SECONDS = 7 * 24 * 3600
local WRITERS_PRUNED_AT_ONCE = 10

-- A global is looked up at each use, and the loops below go round hundreds of times.
local argv, tonumber = ARGV, tonumber
local call, pcall, sub, format = redis.call, redis.pcall, string.sub, string.format
local argc = #argv

local families, writers, seen, buckets, restore = KEYS[1], key_named('writers'), key_named('seen'), key_named('buckets'), key_named('restore')
local writer, sequence, notes_new = argv[1], tonumber(argv[2]), argv[3] == '1'
local clears_all, cleared = argv[4] == 'all', {}
for at = 5, 4 + (tonumber(argv[4]) or 0) do
  cleared[argv[at]] = true
end
local first_definition = 6 + (tonumber(argv[4]) or 0)
local first_update = first_definition + tonumber(argv[first_definition - 1]) * 3

local last = call('HGET', writers, writer)
if last and tonumber(last) >= sequence then
  return {'seen'}
end

-- Nothing is written before everything is known to fit.
local defined, clashes = {}, {'clash'}

local function refuse_other_shape(family, shape)
  local stored = not clears_all and not cleared[family] and call('HGET', families, family)
  local stored_shape = stored and string.match(stored, '^[^\n]*')
  if stored_shape and stored_shape ~= shape then
    clashes[#clashes + 1] = family
    clashes[#clashes + 1] = stored_shape
  end
  return stored
end

for at = first_definition, first_update - 1, 3 do
  local family, shape = argv[at], argv[at + 1]
  refuse_other_shape(family, shape)
  defined[family] = true
end

local WIDTH = {f = 4, a = 3, s = 3, o = 3, k = 4, r = 2}
local unknown = {'undefined'}
local at = first_update
while at <= argc do
  if argv[at] == 'f' and not defined[argv[at + 1]] then
    if not refuse_other_shape(argv[at + 1], argv[at + 2]) then
      unknown[#unknown + 1] = argv[at + 1]
    end
  end
  at = at + WIDTH[argv[at]]
end
if #clashes > 1 then
  return clashes
end
if #unknown > 1 then
  return unknown
end

-- The mark first: were the rest to fail half-way, a batch sent again must not add up twice.
call('HSET', writers, writer, sequence)
local now = math.floor(clock() / 1000)
call('ZADD', seen, now, writer)
if not last then
  local dead = call('ZRANGEBYSCORE', seen, '-inf', now - WRITER_TTL_SECONDS, 'LIMIT', 0, WRITERS_PRUNED_AT_ONCE)
  for _, id in ipairs(dead) do
    call('HDEL', writers, id)
    call('ZREM', seen, id)
  end
end

local function reset(family)
  unlink_series(family)
  call('HDEL', buckets, family)
end

-- Ends a family's waiting. Returns the series that were removed meanwhile, or nil if it did not wait.
local function end_waiting(family)
  if call('HDEL', restore, family) == 0 then
    return nil
  end
  local removed = {}
  for _, field in ipairs(call('HKEYS', restore)) do
    if sub(field, 1, #family + 1) == series_id(family, '') then
      removed[sub(field, #family + 2)] = true
      call('HDEL', restore, field)
    end
  end
  return removed
end

if clears_all then
  for _, family in ipairs(family_names()) do
    reset(family)
  end
  call('DEL', families, buckets, restore)
  call('HSET', restore, '*', '1')
  stored_format = nil
end
note_format()
for family in pairs(cleared) do
  reset(family)
  call('HDEL', families, family)
  end_waiting(family)
  call('HSET', restore, family .. '*', '1')
end
for definition = first_definition, first_update - 1, 3 do
  local name, json = argv[definition], argv[definition + 2]
  local is_new = call('HSET', families, name, argv[definition + 1] .. '\n' .. json) == 1
  if is_new and cjson.decode(json).prefetch then
    local is_cleared = call('HEXISTS', restore, '*') == 1 or call('HEXISTS', restore, name .. '*') == 1
    if not is_cleared then
      call('HSET', restore, name, digits(clock()))
    end
  end
end

local base, n, power

local function open(family)
  base = bucket_key(family, '')
  n = bucket_count(family)
  power = power_of(n)
end

local function key_of(labels)
  if n == 1 then
    return base .. '0'
  end
  return base .. address(hash_of(labels), n, power)
end

-- Adds one bucket and moves to it what belongs there.
local function split(family)
  local from, to = base .. (n - power), base .. n
  local new_n = n + 1
  local new_power = power_of(new_n)
  local fields = call('HGETALL', from)
  local moved, left = {}, {}
  for i = 1, #fields, 2 do
    if address(hash_of(fields[i]), new_n, new_power) == n then
      moved[#moved + 1], moved[#moved + 2] = fields[i], fields[i + 1]
      left[#left + 1] = fields[i]
    end
  end
  if #left > 0 then
    call('HSET', to, unpack(moved))
    call('HDEL', from, unpack(left))
  end
  n, power = new_n, new_power
  call('HSET', buckets, family, n)
end

local announces = false

local splits = 0
local function make_room(family, key)
  if splits < SPLITS_AT_ONCE and call('HLEN', key) > BUCKET_SIZE then
    splits = splits + 1
    split(family)
  end
end

local function store(family, key, labels, value)
  if call('HSET', key, labels, value) == 1 then
    if announces then
      call('ZADD', key_named('new'), digits(clock()), series_id(family, labels))
    end
    make_room(family, key)
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

-- Most counters count whole numbers: Redis adds these in one call, and refuses if anything else is stored. A sum that is the
-- delta itself may be of a new series.
local function add(family, key, labels, text)
  local delta = tonumber(text)
  if not announces and delta % 1 == 0 then
    local sum = pcall('HINCRBY', key, labels, text)
    if type(sum) == 'number' then
      if sum == delta then
        make_room(family, key)
      end
      return
    end
  end
  store(family, key, labels, number(tonumber(call('HGET', key, labels) or 0) + delta))
end

local function add_doubles(stored, packed)
  if not stored or #stored ~= #packed then
    return packed
  end
  local layout = '<' .. string.rep('d', #packed / 8)
  local sums, more = {struct.unpack(layout, stored)}, {struct.unpack(layout, packed)}
  for i = 1, #packed / 8 do
    sums[i] = sums[i] + more[i]
  end
  sums[#packed / 8 + 1] = nil
  return struct.pack(layout, unpack(sums))
end

-- Packed: sum, count, then a slice, bin and count for every bin.
local function merge_sketch(stored, packed, oldest)
  local sum, count, order, counts = 0, 0, {}, {}
  for _, part in ipairs({stored or '', packed}) do
    if #part >= 16 then
      local part_sum, part_count = struct.unpack('<dd', part)
      sum, count = sum + part_sum, count + part_count
      local position = 17
      while position <= #part do
        local slice, bin, observed
        slice, bin, observed, position = struct.unpack('<di4d', part, position)
        if slice >= oldest then
          local id = slice * 262144 + bin + 131072
          if counts[id] then
            counts[id][3] = counts[id][3] + observed
          else
            counts[id] = {slice, bin, observed}
            order[#order + 1] = id
          end
        end
      end
    end
  end
  local parts = {struct.pack('<dd', sum, count)}
  for i, id in ipairs(order) do
    parts[i + 1] = struct.pack('<di4d', unpack(counts[id]))
  end
  return table.concat(parts)
end

-- Of a restoration: series that it must leave alone.
local restoring, removed = false, nil
local family
at = first_update
while at <= argc do
  local code = argv[at]
  if code == 'f' then
    family = argv[at + 1]
    local mode = argv[at + 3]
    restoring = mode == 'restore'
    if mode == 'reset' then
      reset(family)
    end
    removed = mode ~= 'add' and end_waiting(family) or nil
    open(family)
    -- What is restored was there before: at 0 it would step back.
    announces = notes_new and argv[at + 2] ~= 'gauge' and not restoring
  elseif not restoring or (removed and not removed[argv[at + 1]]) then
    local labels = argv[at + 1]
    local key = key_of(labels)
    if code == 'a' then
      add(family, key, labels, argv[at + 2])
    elseif code == 's' then
      store(family, key, labels, number(tonumber(argv[at + 2])))
    elseif code == 'o' then
      store(family, key, labels, add_doubles(call('HGET', key, labels), argv[at + 2]))
    elseif code == 'k' then
      local value = merge_sketch(call('HGET', key, labels), argv[at + 3], tonumber(argv[at + 2]))
      store(family, key, labels, value)
    else
      call('HDEL', key, labels)
      if call('HEXISTS', restore, family) == 1 then
        call('HSET', restore, series_id(family, labels), '1')
      end
    end
  end
  at = at + WIDTH[code]
end
return {'applied'}

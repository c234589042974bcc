--[[
Applies one batch of one writer: whole, and never twice.

KEYS  1  writers   hash  writer -> sequence of its last batch
      2  seen      zset  writer, scored by the time of its last batch in seconds
      3  families  hash  family -> shape, newline, definition as JSON
      4  buckets   hash  family -> number of its buckets (absent: 1)
      5  series    prefix, not a key: the values of a family are in the hashes <series><family>:<bucket>, which share
                   the hash tag of the keys above. While Redis Cluster moves a slot, it runs no script of which a key
                   is missing: with this one none runs where half of the data has gone already
      6  restore   hash  family -> since when it waits for its values from before, in milliseconds; <family>{<labels> for
                   each series removed meanwhile; '*' if all was forgotten: nothing is restored then
      7  new       zset  only if new series are to be announced: see announce.lua
ARGV  1  writer
      2  sequence
      3  '1': forget all families first
      4  number of definitions, then for each: family, shape, JSON
      then to the end, each opened by its code:
        'f' family shape clear            the updates that follow are this family's; clear '1': remove its series first;
                                          clear 'r': they are its values from before, and count once, if it waits for them
        'a' labels delta                  counter and gauge: add
        's' labels value                  gauge: set
        'o' labels packed                 histogram: add doubles (a count a bucket, then the sum)
        'k' labels oldest packed          summary: merge sketch bins, forget slices before oldest
        'r' labels                        remove the series
Returns {'applied'} | {'seen'} | {'undefined', family...} | {'clash', family, stored shape, ...}
Complexity O(updates); new series may also move the at most few hundred fields of some buckets.

A family's series are spread over buckets of about BUCKET_SIZE fields by linear hashing (Litwin 1980): small hashes keep
Redis' compact encoding, and no command ever touches more than a few of them.
]]
local BUCKET_SIZE = 128
-- Buckets fill up at about the same time: were each split at once, hundreds would be in one call. A call of 200 new series
-- needs two on average, so those that wait are soon caught up with.
local SPLITS_AT_ONCE = 4
local WRITER_TTL_SECONDS = 7 * 24 * 3600
local WRITERS_PRUNED_AT_ONCE = 10

-- A global is looked up at each use, and the loops below go round hundreds of times.
local argv, tonumber = ARGV, tonumber
local call, pcall, sha1hex, sub, format = redis.call, redis.pcall, redis.sha1hex, string.sub, string.format
local argc = #argv

local writers, seen, families, buckets, prefix, restore = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local writer, sequence, forget, definitions = argv[1], tonumber(argv[2]), argv[3] == '1', tonumber(argv[4])
local first_update = 5 + definitions * 3

local last = call('HGET', writers, writer)
if last and tonumber(last) >= sequence then
  return {'seen'}
end

-- Nothing is written before everything is known to fit.
local defined, clashes = {}, {'clash'}

local function refuse_other_shape(family, shape)
  local stored = not forget and call('HGET', families, family)
  local stored_shape = stored and string.match(stored, '^[^\n]*')
  if stored_shape and stored_shape ~= shape then
    clashes[#clashes + 1] = family
    clashes[#clashes + 1] = stored_shape
  end
  return stored
end

for at = 5, first_update - 1, 3 do
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
local now = tonumber(call('TIME')[1])
call('ZADD', seen, now, writer)
if not last then
  local dead = call('ZRANGEBYSCORE', seen, '-inf', now - WRITER_TTL_SECONDS, 'LIMIT', 0, WRITERS_PRUNED_AT_ONCE)
  for _, id in ipairs(dead) do
    call('HDEL', writers, id)
    call('ZREM', seen, id)
  end
end

local function highest_power(n)
  local power = 1
  while power * 2 <= n do
    power = power * 2
  end
  return power
end

-- The bucket of a hash among n buckets.
local function address(hash, n, power)
  local bucket = hash % (power * 2)
  if bucket >= n then
    bucket = hash % power
  end
  return bucket
end

local function hash_of(labels)
  return tonumber(sub(sha1hex(labels), 1, 8), 16)
end

local function clear(family)
  local n = tonumber(call('HGET', buckets, family) or 1)
  for bucket = 0, n - 1 do
    call('UNLINK', prefix .. family .. ':' .. bucket)
  end
  call('HDEL', buckets, family)
end

if forget then
  for _, family in ipairs(call('HKEYS', families)) do
    clear(family)
  end
  call('DEL', families, buckets, restore)
  call('HSET', restore, '*', '1')
end
for definition = 5, first_update - 1, 3 do
  local name, json = argv[definition], argv[definition + 2]
  local is_new = call('HSET', families, name, argv[definition + 1] .. '\n' .. json) == 1
  if is_new and cjson.decode(json).prefetch and call('HEXISTS', restore, '*') == 0 then
    local time = call('TIME')
    call('HSET', restore, name, format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)))
  end
end

-- Ends a family's waiting. Returns the series that were removed meanwhile, or nil if it did not wait.
local function end_waiting(family)
  if call('HDEL', restore, family) == 0 then
    return nil
  end
  local removed = {}
  for _, field in ipairs(call('HKEYS', restore)) do
    if sub(field, 1, #family + 1) == family .. '{' then
      removed[sub(field, #family + 2)] = true
      call('HDEL', restore, field)
    end
  end
  return removed
end

local base, n, power

local function open(family)
  base = prefix .. family .. ':'
  n = tonumber(call('HGET', buckets, family) or 1)
  power = highest_power(n)
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
  local new_power = highest_power(new_n)
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

local function announce(family, labels)
  local time = call('TIME')
  call('ZADD', KEYS[7], format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)), family .. '{' .. labels)
end

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
      announce(family, labels)
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
    restoring = argv[at + 3] == 'r'
    if argv[at + 3] == '1' then
      clear(family)
    end
    removed = argv[at + 3] ~= '0' and end_waiting(family) or nil
    open(family)
    -- What is restored was there before: at 0 it would step back.
    announces = KEYS[7] and argv[at + 2] ~= 'gauge' and not restoring
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
        call('HSET', restore, family .. '{' .. labels, '1')
      end
    end
  end
  at = at + WIDTH[code]
end
return {'applied'}

--[[
Reads the series of families, some buckets at a time, so that Redis is never held for long.

ARGV  1  weight to stop after (reading.lua)
      2  '1': show series that are being announced at 0 (announce.lua)
      3  when this push took its turn: then begin series that have been shown by no push; '': nobody wants to know when series began
      4  of values made up to then it is not known any more when they began (begin-push.lua)
      5  the turn of that push: if it is lost, so may be what was noted
      6  '1': give exemplars, of families whose layout is given
      then for each family, as many as fit:
         family
         layout that families.lua gave for it; '' for the one it has now
         bucket to begin with
         number of buckets that the first call of this reading found; 0 in that first call
         'lines', 'parts' or 'values': how its series come (begin_reading in reading.lua)
         shape whose values are meant, whether they are shown or not; '' for those that are shown
         '1': its series begin at some time; gauges do not
Returns for each family that it came to {layout, number of buckets, next bucket (-1: done), number of series, what, announced,
starts (starts.lua): a list of texts, of a shelf only with the first family that was read from it, exemplars: {labels, packed
(exemplars.lua), labels, packed, ...}},
where `what` is a list of texts of whole lines, in which series that are being announced stand at 0, or {labels, value, labels,
value, ...}, of which `announced` says which are, counted from 0; of a gauge of processes each value counts as a series
Complexity O(series returned + families).

A text for each bucket costs whoever reads it a hundredth of its labels and values one by one: it is passed on as it is. One
text for all would cost Redis a quarter more, since Lua copies a long text again and again while it joins it.

A bucket that was split off since the reading began is read together with the one it came from: no series is missed, and
none comes twice.
]]
local OF_A_FAMILY, FIRST_FAMILY = 7, 7

room = tonumber(ARGV[1])
announces = ARGV[2] == '1' and redis.call('EXISTS', key_named('new')) == 1
if ARGV[3] ~= '' and redis.call('GET', key_named('turn')) ~= ARGV[5] then
  return redis.error_reply('OVERTAKEN by another push')
end
begins, lost_until = ARGV[3] ~= '' and packed_time(tonumber(ARGV[3])) or nil, tonumber(ARGV[4])

-- The layouts that are shown now, and whose generations have exemplars, all at once.
local shown, marked = {}, {}
local function look_up_layouts()
  local fields, marks = {}, {}
  for at = FIRST_FAMILY, #ARGV, OF_A_FAMILY do
    fields[#fields + 1] = ARGV[at] .. '#'
    marks[#marks + 1] = exemplars_mark(ARGV[at], parts_of(ARGV[at + 1]) or '')
  end
  local families = #fields
  if ARGV[6] == '1' then
    for at = 1, families do
      fields[families + at] = marks[at]
    end
  end
  local found = redis.call('HMGET', KEYS[1], unpack(fields))
  for at = 1, families do
    shown[ARGV[FIRST_FAMILY + (at - 1) * OF_A_FAMILY]] = found[at]
    marked[marks[at]] = found[families + at]
  end
end
look_up_layouts()

local function layout_now(family, shape)
  if shape == '' and shown[family] then
    return shown[family]
  end
  return layout_of_shape(family, shape)
end

-- How many buckets a generation has that was replaced or cleared meanwhile: it is as it was then, until it is swept. nil if a part
-- of it is gone.
local function left_buckets(family, generation, n, shelf)
  local left = redis.call('HGET', key_named('garbage'), family .. ':' .. generation)
  local buckets = tonumber(string.match(left or '', '^%d+'))
  if buckets then
    return buckets >= n and buckets or nil
  end
  -- All shelves were cleared together; the last ones are swept first.
  local epoch, number = string.match(n == 0 and shelf or '', '^(%d+):(%d+)$')
  local shelves_left = epoch and redis.call('HGET', key_named('garbage'), SHELVES .. ':' .. epoch)
  return shelves_left and tonumber(number) < tonumber(string.match(shelves_left, '^%d+')) and 0 or nil
end

local function read_family(family, layout, bucket, count, as, shape, has_starts)
  local current = layout_now(family, shape)
  if layout == '' then
    layout = current or ''
  end
  if layout == '' then
    return {'', 0, -1, 0, {}, {}, {}, {}}
  end
  local generation, now, shelf = parts_of(layout)
  local current_generation, current_count = parts_of(current or '')
  if now == 0 and current_generation == generation and current_count > 0 then
    -- It has become too large for its shelf.
    layout, now = current, current_count
  end
  if current_generation == generation then
    now = math.max(now, current_count)
  else
    now = left_buckets(family, generation, math.max(now, count), shelf)
    if not now then
      return redis.error_reply('REPLACED ' .. family)
    end
  end
  if count == 0 then
    count = now
  end
  local power, base = power_of(count), buckets_of(family, generation)
  local exemplars = marked[exemplars_mark(family, generation)] and exemplars_of(family, generation)
  local reading = begin_reading(family, as, exemplars)

  local function append_bucket(at)
    room = room - 1
    local fields = redis.call('HGETALL', base .. at)
    append(reading, fields, has_starts and starts_of(base .. at, fields, generation) or nil)
  end

  if count == 0 then
    local all, starts = on_shelf(shelf)
    append(reading, all[family .. ':' .. generation] or {}, starts)
  end
  while bucket < count and room > 0 do
    append_bucket(bucket)
    for late = count, now - 1 do
      if address(late, count, power) == bucket then
        append_bucket(late)
      end
    end
    bucket = bucket + 1
  end
  return {layout, count, bucket < count and bucket or -1, reading.series, reading.content, reading.announced,
    reading.starts, reading.exemplars}
end

local replies = {}
for at = FIRST_FAMILY, #ARGV, OF_A_FAMILY do
  if room <= 0 then
    break
  end
  local bucket, count = tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  local reply = read_family(ARGV[at], ARGV[at + 1], bucket, count, ARGV[at + 4], ARGV[at + 5],
    ARGV[at + 6] == '1')
  if reply.err then
    return reply
  end
  replies[#replies + 1] = reply
end
return replies

--[[
Reads the series of one family, some buckets at a time, so that Redis is never held for long.

ARGV  1  family
      2  layout that families.lua gave for it; '' for the one it has now
      3  bucket to begin with
      4  number of buckets that the first call of this reading found; 0 in that first call
      5  series to stop after
      6  name of the metric, if its values are numbers: the series come as lines of exposition text; '' if they are not
      7  '1': show series that are being announced at 0 (announce.lua)
      8  shape whose values are meant, whether they are shown or not; '' for those that are shown
Returns {layout, number of buckets, next bucket (-1: done), number of series, what, announced}, where `what` is a list of texts of
whole lines, in which series that are being announced stand at 0, or {labels, value, labels, value, ...}, of which `announced` says
which are, counted from 0
Complexity O(series returned).

A text for each bucket costs whoever reads it a hundredth of its labels and values one by one: it is passed on as it is. One
text for all would cost Redis a quarter more, since Lua copies a long text again and again while it joins it.

A bucket that was split off since the reading began is read together with the one it came from: no series is missed, and
none comes twice.
]]
local family, layout, bucket, count = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local limit, name = tonumber(ARGV[5]), ARGV[6]
local current = layout_of_shape(family, ARGV[8])
if layout == '' then
  layout = current or ''
end
if layout == '' then
  return {'', 0, -1, 0, {}, {}}
end
local generation, now, seed = parts_of(layout)
if count == 0 then
  count = now
end
local current_generation, current_count = parts_of(current or layout)
if current_generation == generation then
  now = math.max(now, current_count)
else
  -- It was replaced meanwhile: it is as it was then, until it is swept.
  local left = redis.call('HGET', key_named('garbage'), family .. ':' .. generation)
  if not left then
    return redis.error_reply('REPLACED ' .. family)
  end
  now = tonumber(string.match(left, '^%d+'))
end
local power, base = power_of(count), buckets_of(family, generation)

local parts, size, series, announced = {}, 0, 0, {}

-- Usually there are none: then no series is asked for.
local announces = ARGV[7] == '1' and redis.call('EXISTS', key_named('new')) == 1
local function is_announced(labels)
  return announces and redis.call('ZSCORE', key_named('new'), series_id(family, labels))
end

local function append_fields(fields)
  for i = 1, #fields, 2 do
    parts[size + i], parts[size + i + 1] = fields[i], fields[i + 1]
    if is_announced(fields[i]) then
      announced[#announced + 1] = (size + i - 1) / 2
    end
  end
  size = size + #fields
end

-- Labels and numbers are stored as the exposition shows them: see canonicalLabels, and `number` in apply.lua. What stands
-- around them is the same in every line, and stays: five parts a line.
local open, lines, texts = name .. '{', {}, {}
local function append_lines(fields)
  for at = #lines + 1, #fields / 2 * 5, 5 do
    lines[at], lines[at + 1], lines[at + 2], lines[at + 3], lines[at + 4] = open, '', '} ', '', '\n'
  end
  local filled = 0
  for i = 1, #fields, 2 do
    local labels, value = fields[i], fields[i + 1]
    if announces and is_announced(labels) then
      value = '0'
    end
    if labels == '' then
      texts[#texts + 1] = name .. ' ' .. value .. '\n'
    else
      lines[filled + 2], lines[filled + 4] = labels, value
      filled = filled + 5
    end
  end
  texts[#texts + 1] = table.concat(lines, '', 1, filled)
end

local function append(at)
  local fields = redis.call('HGETALL', base .. at)
  series = series + #fields / 2
  if name == '' then
    append_fields(fields)
  else
    append_lines(fields)
  end
end

while bucket < count and series < limit do
  append(bucket)
  for late = count, now - 1 do
    if address(late, count, power) == bucket then
      append(late)
    end
  end
  bucket = bucket + 1
end
return {layout, count, bucket < count and bucket or -1, series, name == '' and parts or texts, announced}

--[[
Stands before the scripts that read series for a push.
]]
local VALUE_WEIGHT = 4
local BYTES_OF_WEIGHT = 32

-- What may still be read: a hash weighs 1, a line of text 1, a value 4, or 1 for each 32 bytes if that is more.
local room = 0
-- Whether series that are being announced are shown at 0. Usually there are none: then no series is asked for.
local announces = false
local function is_announced(family, labels)
  return announces and redis.call('ZSCORE', key_named('new'), series_id(family, labels))
end

-- Labels and numbers are stored as the exposition shows them: see canonicalLabels, and `number` in series.lua. What stands
-- around them is the same in every line of a family, and stays: five parts per line.
local lines
local function text_of(family, open, fields)
  for at = #lines + 1, #fields / 2 * 5, 5 do
    lines[at], lines[at + 1], lines[at + 2], lines[at + 3], lines[at + 4] = open, '', '} ', '', '\n'
  end
  local filled, bare = 0, nil
  for i = 1, #fields, 2 do
    local labels, value = fields[i], fields[i + 1]
    if announces and is_announced(family, labels) then
      value = '0'
    end
    if labels == '' then
      bare = value
    else
      lines[filled + 2], lines[filled + 4] = labels, value
      filled = filled + 5
    end
  end
  return table.concat(lines, '', 1, filled), bare
end

-- When series begin that have been shown by no push: now, as this push sees it. nil: nobody wants to know when series began.
-- Of those whose values had been made up to `lost_until` it is not known any more.
local begins, lost_until

-- To find the series without a start all fields of their hash are looked at: as much work as so many lines, for each.
local HASHED_WEIGHT, HASHED_BYTES_OF_WEIGHT = 2, 64

-- The starts of the series in one hash; those without one get it.
local function starts_of(key, fields, owner)
  if not begins or #fields == 0 then
    return ''
  end
  local name = to_start_name(key)
  local stored = redis.call('HGET', STARTED, name) or ''
  local packed, hashed = with_starts(stored, fields, function(field)
    local generation = owner or string.match(field, '^[^{]*:(%d+){')
    return tonumber(generation) <= lost_until and UNKNOWN_START or begins
  end)
  if hashed > 0 then
    room = room - hashed * (HASHED_WEIGHT + math.floor(#fields[1] / HASHED_BYTES_OF_WEIGHT))
  end
  if packed ~= stored then
    redis.call('HSET', STARTED, name, packed)
  end
  return packed
end

-- The series of each generation on a shelf, as they would stand in a hash of its own; when it is read first, also the starts of all of
-- them.
local shelves = {}
local function on_shelf(shelf)
  if shelves[shelf] then
    return shelves[shelf]
  end
  local fields, all = redis.call('HGETALL', shelf_key(shelf)), {}
  local starts = starts_of(shelf_key(shelf), fields)
  for at = 1, #fields, 2 do
    local owner, labels = string.match(fields[at], '^([^{]*){(.*)$')
    local list = all[owner] or {}
    list[#list + 1], list[#list + 2] = labels, fields[at + 1]
    all[owner] = list
  end
  shelves[shelf], room = all, room - 1
  return all, starts
end

-- How a line of a family begins, without labels and before them. A name in UTF-8 is percent-encoded here, and stands between quotes in
-- the exposition: see names.ts.
local function openings_of(family)
  if string.find(family, '^[%a_:][%w_:]*$') then
    return family .. ' ', family .. '{'
  end
  local name = string.gsub(family, '%%(%x%x)', function(code)
    return string.char(tonumber(code, 16))
  end)
  local quoted = string.gsub(string.gsub(name, '[\\"]', '\\%0'), '\n', '\\n')
  return '{"' .. quoted .. '"} ', '{"' .. quoted .. '",'
end

-- What is read of one family. `as`: 'lines': its values are numbers, and the series come as lines of exposition text; 'parts': it is a
-- gauge of processes, and comes as lines `<process> <labels>} <value>`; else 'values'. `exemplars`: the hash in which they are, if they
-- are to be read.
local function begin_reading(family, as, exemplars)
  lines = {}
  local bare, open
  if as == 'lines' then
    bare, open = openings_of(family)
  elseif as == 'parts' then
    open = ''
  end
  return {family = family, bare = bare, open = open, content = {}, announced = {}, starts = {}, series = 0, exemplars = {},
    exemplars_key = exemplars}
end

-- Labels and exemplars of those of the series that have any, and are not shown at 0. Without them if they cannot be read.
local function append_exemplars(reading, fields)
  local list, asked = reading.exemplars, {}
  for i = 1, #fields, 2 do
    if not is_announced(reading.family, fields[i]) then
      asked[#asked + 1] = fields[i]
    end
  end
  in_parts(asked, function(...)
    local found, labels = redis.pcall('HMGET', reading.exemplars_key, ...), {...}
    for i = 1, found.err and 0 or #labels do
      if found[i] then
        list[#list + 1], list[#list + 2] = labels[i], found[i]
        room = room - math.ceil(#found[i] / BYTES_OF_WEIGHT)
      end
    end
  end)
end

-- Adds what a hash holds: labels, value, labels, value, ...; `starts` of its series, if they have been read.
local function append(reading, fields, starts)
  if starts and starts ~= '' then
    reading.starts[#reading.starts + 1] = starts
  end
  local content, found = reading.content, #fields / 2
  if reading.open then
    local text, bare = text_of(reading.family, reading.open, fields)
    if bare then
      content[#content + 1] = reading.bare .. bare .. '\n'
    end
    if text ~= '' then
      content[#content + 1] = text
    end
    room = room - found
  else
    local size = reading.series * 2
    for i = 1, #fields, 2 do
      content[size + i], content[size + i + 1] = fields[i], fields[i + 1]
      room = room - math.max(VALUE_WEIGHT, math.floor(#fields[i + 1] / BYTES_OF_WEIGHT))
      if is_announced(reading.family, fields[i]) then
        reading.announced[#reading.announced + 1] = (size + i - 1) / 2
      end
    end
  end
  if reading.exemplars_key then
    append_exemplars(reading, fields)
  end
  reading.series = reading.series + found
end

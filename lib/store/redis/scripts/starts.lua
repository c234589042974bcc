--[[
Stands before the scripts that know when series began: at the turn of the push that showed them first. Until then nobody could
see them, and what a removed series of the same labels had shown is older.

`started` holds a text for each hash of series, under the name of that hash without `series:`, with 9 bytes for each of its
series: 4 of its field, hashed, and 5 of the time in hundredths of a second; 0: not known.
]]
local STARTED, START_BYTES = key_named('started'), 9

local function to_start_name(key)
  return string.sub(key, #key_named('series:') + 1)
end

-- A polynomial over words of four bytes, by a prime number: `fieldHash` in TypeScript is the same, to the last rounding. Two series of
-- one hash with equal numbers share a start.
local WORDS_AT_ONCE, FACTOR, PRIME = 64, 1000003, 4294967291
local layouts_of_words = {}
local function start_hash(field)
  local rest = -#field % 4
  local padded = rest == 0 and field or field .. string.rep('\0', rest)
  local hash, words = #field, #padded / 4
  for from = 1, words, WORDS_AT_ONCE do
    local count = math.min(words - from + 1, WORDS_AT_ONCE)
    local layout = layouts_of_words[count]
    if not layout then
      layout = string.rep('<I4', count)
      layouts_of_words[count] = layout
    end
    local list = {struct.unpack(layout, padded, from * 4 - 3)}
    for at = 1, count do
      hash = (hash * FACTOR + list[at]) % PRIME
    end
  end
  return struct.pack('<I4', hash % 4294967296)
end

local function packed_time(milliseconds)
  local hundredths = math.floor(milliseconds / 10)
  return struct.pack('<I4B', hundredths % 4294967296, math.floor(hundredths / 4294967296))
end
local UNKNOWN_START = packed_time(0)

-- Where the start of a series stands in the text; nil if nowhere.
local function find_start(packed, hash)
  local from = string.find(packed, hash, 1, true)
  while from and from % START_BYTES ~= 1 do
    from = string.find(packed, hash, from + 1, true)
  end
  return from
end

local function start_in(packed, hash)
  local from = find_start(packed, hash)
  return from and string.sub(packed, from + 4, from + START_BYTES - 1)
end

-- The text with another start of a series; without any if there is no time.
local function with_start(packed, hash, time)
  local from = find_start(packed, hash)
  local entry = time and hash .. time or ''
  if not from then
    return packed .. entry
  end
  return string.sub(packed, 1, from - 1) .. entry .. string.sub(packed, from + START_BYTES)
end

-- The text with the starts of those of the series that have none yet, and how many series had to be looked at. `fields`: field,
-- value, field, value, ... of the hash. `time_of` is asked for the time of one, packed.
local function with_starts(packed, fields, time_of)
  local count = #fields / 2
  if #packed == count * START_BYTES then
    return packed, 0
  end
  local known = {}
  for position = 1, #packed, START_BYTES do
    known[string.sub(packed, position, position + 3)] = string.sub(packed, position + 4, position + START_BYTES - 1)
  end
  local kept, added = {}, {packed}
  for at = 1, #fields, 2 do
    local hash = start_hash(fields[at])
    local time = known[hash]
    if not time then
      time = time_of(fields[at])
      known[hash] = time
      added[#added + 1] = hash .. time
    end
    kept[#kept + 1] = hash .. time
  end
  -- Mostly of series that are gone without a word, since somebody deleted their hash.
  local is_stale = #packed > 2 * count * START_BYTES
  return table.concat(is_stale and kept or added), count
end

-- Of series that are gone for good.
local function forget_starts(key, fields)
  local name = to_start_name(key)
  local stored = redis.call('HGET', STARTED, name)
  if not stored then
    return
  end
  local kept = stored
  for _, field in ipairs(fields) do
    kept = with_start(kept, start_hash(field), nil)
  end
  if kept == '' then
    redis.call('HDEL', STARTED, name)
  elseif kept ~= stored then
    redis.call('HSET', STARTED, name, kept)
  end
end

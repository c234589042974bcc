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

-- FNV-1a over words of four bytes, each stirred once more; `hashLabels` in TypeScript is the same. Two series of one hash with equal
-- numbers share a start.
local WORDS_AT_ONCE = 64
local function start_hash(field)
  local padded = field .. string.sub('\0\0\0', 1, -#field % 4)
  local hash, words = bit.bxor(-2128831035, #field), #padded / 4
  for from = 1, words, WORDS_AT_ONCE do
    local count = math.min(words - from + 1, WORDS_AT_ONCE)
    local list = {struct.unpack(string.rep('<I4', count), padded, from * 4 - 3)}
    for at = 1, count do
      local mixed = bit.bxor(hash, list[at])
      -- Times 16777619 without its upper half: 2 ^ 24 + 403.
      mixed = bit.tobit(bit.lshift(mixed, 24) + mixed * 403)
      hash = bit.bxor(mixed, bit.rshift(mixed, 15))
    end
  end
  return hash
end

local function packed_time(milliseconds)
  local hundredths = math.floor(milliseconds / 10)
  return struct.pack('<I4B', hundredths % 4294967296, math.floor(hundredths / 4294967296))
end
local UNKNOWN_START = packed_time(0)

-- Hash -> time as it is packed.
local function starts_in(packed)
  local list = {}
  for position = 1, #packed, START_BYTES do
    list[struct.unpack('<i4', packed, position)] = string.sub(packed, position + 4, position + 8)
  end
  return list
end

-- The text without the starts of some series, told by their hashes.
local function without_starts(packed, hashes)
  local kept = {}
  for position = 1, #packed, START_BYTES do
    if not hashes[struct.unpack('<i4', packed, position)] then
      kept[#kept + 1] = string.sub(packed, position, position + START_BYTES - 1)
    end
  end
  return table.concat(kept)
end

-- The text with the starts of those of the series that have none yet. `fields`: field, value, field, value, ... of the hash.
-- `time_of` is asked for the time of one, packed.
local function with_starts(packed, fields, time_of)
  if #packed == #fields / 2 * START_BYTES then
    return packed
  end
  local known, added = starts_in(packed), {packed}
  for at = 1, #fields, 2 do
    local hash = start_hash(fields[at])
    if not known[hash] then
      known[hash] = time_of(fields[at])
      added[#added + 1] = struct.pack('<i4', hash) .. known[hash]
    end
  end
  return table.concat(added)
end

-- Of series that are gone for good.
local function forget_starts(key, fields)
  local stored = redis.call('HGET', STARTED, to_start_name(key))
  if not stored then
    return
  end
  local hashes = {}
  for _, field in ipairs(fields) do
    hashes[start_hash(field)] = true
  end
  local kept = without_starts(stored, hashes)
  if kept == '' then
    redis.call('HDEL', STARTED, to_start_name(key))
  else
    redis.call('HSET', STARTED, to_start_name(key), kept)
  end
end

--[[
Reads the series of one family, some buckets at a time, so that Redis is never held for long.

KEYS  1  buckets  hash  family -> number of its buckets (absent: 1)
      2  series   prefix, not a key: see apply.lua
      3  new      zset  only if the caller asks which series are being announced: see announce.lua
ARGV  1  family
      2  bucket to begin with
      3  number of buckets that the first call of this reading found; 0 in that first call
      4  fields to stop after
Returns {number of buckets, next bucket (-1: done), {labels, value, labels, value, ...}, {which of them are being announced,
counted from 0}}
Complexity O(fields returned).

A bucket that was split off since the reading began is read together with the one it came from: no series is missed, and
none comes twice.
]]
local family, bucket, count, limit = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local now = tonumber(redis.call('HGET', KEYS[1], family) or 1)
if count == 0 then
  count = now
end

-- As `address` in apply.lua: a script cannot import another.
local function origin(late)
  local power = 1
  while power * 2 <= count do
    power = power * 2
  end
  local at = late % (power * 2)
  if at >= count then
    at = late % power
  end
  return at
end

local fields = {}
local function append(at)
  for _, item in ipairs(redis.call('HGETALL', KEYS[2] .. family .. ':' .. at)) do
    fields[#fields + 1] = item
  end
end

while bucket < count and #fields < limit * 2 do
  append(bucket)
  for late = count, now - 1 do
    if origin(late) == bucket then
      append(late)
    end
  end
  bucket = bucket + 1
end

local announced = {}
if KEYS[3] and redis.call('EXISTS', KEYS[3]) == 1 then
  for at = 1, #fields, 2 do
    if redis.call('ZSCORE', KEYS[3], family .. '{' .. fields[at]) then
      announced[#announced + 1] = (at - 1) / 2
    end
  end
end
return {count, bucket < count and bucket or -1, fields, announced}

--[[
Removes series that have not changed for long, some at a time.

KEYS  1  touched  zset  family, newline, labels, scored by the time of the last change in milliseconds
      2  buckets  hash  family -> number of its buckets (absent: 1)
      3  series   prefix, not a key: see apply.lua
ARGV  1  age at which a series is removed, in milliseconds
      2  how many to remove at the most
Returns the number of series found
Complexity O(series removed * log(series of the group)).
]]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local old = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[1]), 'LIMIT', 0, tonumber(ARGV[2]))

-- As `key_of` in apply.lua: a script cannot import another.
local function bucket_of(labels, n)
  local hash = tonumber(string.sub(redis.sha1hex(labels), 1, 8), 16)
  local power = 1
  while power * 2 <= n do
    power = power * 2
  end
  local bucket = hash % (power * 2)
  if bucket >= n then
    bucket = hash % power
  end
  return bucket
end

for _, member in ipairs(old) do
  local family, labels = string.match(member, '^([^\n]*)\n(.*)$')
  local n = tonumber(redis.call('HGET', KEYS[2], family) or 1)
  redis.call('HDEL', KEYS[3] .. family .. ':' .. (n == 1 and 0 or bucket_of(labels, n)), labels)
  redis.call('ZREM', KEYS[1], member)
end
return #old

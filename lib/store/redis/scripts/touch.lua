--[[
Notes that series are about to change. Before the change, not after it: what is just being counted must not expire.

KEYS  1  touched  zset  family, newline, labels, scored by the time of the last change in milliseconds
ARGV  family, newline, labels of each series
Returns the number of series
Complexity O(series in the call * log(series of the group)).
]]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for _, member in ipairs(ARGV) do
  redis.call('ZADD', KEYS[1], now, member)
end
return #ARGV

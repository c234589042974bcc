--[[
Asks for the turn to push a group.

KEYS  1  turn    string  token of the process whose turn it is; expires
      2  pushed  string  when the latest successful push took its turn, in milliseconds
ARGV  1  token
      2  time to live of the turn in milliseconds
Returns {'1' if taken, now in milliseconds, pushed, how long the turn of another process lasts at the most in milliseconds}
Complexity O(1).
]]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- The same request may come twice, when the answer to the first was lost.
local taken = redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) or redis.call('GET', KEYS[1]) == ARGV[1]
local busy = taken and 0 or math.max(redis.call('PTTL', KEYS[1]), 0)
return {taken and '1' or '0', string.format('%.0f', now), redis.call('GET', KEYS[2]) or '0', string.format('%.0f', busy)}

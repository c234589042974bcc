--[[
Asks for the turn to push a group.

ARGV  1  turn: proves whose it is
      2  time to live of the turn in milliseconds
Returns {1 if taken else 0, now in milliseconds, when the latest successful push took its turn or 0, how long the turn of
another process lasts at the most in milliseconds}
Complexity O(1).
]]
local turn, pushed, now = key_named('turn'), redis.call('GET', key_named('pushed')), clock()
-- It lies ahead where the clock was set back: nobody would push until it has caught up.
if pushed and tonumber(pushed) > now then
  redis.call('SET', key_named('pushed'), digits(now))
end
-- The same request may come twice, when the answer to the first was lost.
local taken = redis.call('SET', turn, ARGV[1], 'NX', 'PX', ARGV[2]) or redis.call('GET', turn) == ARGV[1]
local busy = taken and 0 or math.max(redis.call('PTTL', turn), 0)
return {taken and 1 or 0, now, stored_time(pushed, now), busy}

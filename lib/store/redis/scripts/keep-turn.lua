--[[
Prolongs a turn, if it is still the caller's.

ARGV  1  turn
      2  time to live from now in milliseconds
Returns 1 if prolonged, 0 if lost
Complexity O(1).
]]
if redis.call('GET', key_named('turn')) == ARGV[1] then
  return redis.call('PEXPIRE', key_named('turn'), ARGV[2])
end
return 0

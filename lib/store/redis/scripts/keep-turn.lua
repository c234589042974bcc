--[[
Prolongs a turn, if it is still the caller's.

KEYS  1  turn  string  token of the process whose turn it is
ARGV  1  token
      2  time to live from now in milliseconds
Returns 1 if prolonged, 0 if lost
Complexity O(1).
]]
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return 0

--[[
Gives a turn back, if it is still the caller's, and notes a successful push.

KEYS  1  turn    string  token of the process whose turn it is
      2  pushed  string  when the latest successful push took its turn, in milliseconds
ARGV  1  token
      2  when this push took its turn, or '' if it failed
Returns 1 if the turn was still the caller's, otherwise 0
Complexity O(1).
]]
if ARGV[2] ~= '' and tonumber(ARGV[2]) > tonumber(redis.call('GET', KEYS[2]) or 0) then
  redis.call('SET', KEYS[2], ARGV[2])
end
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0

--[[
Gives a turn back, if it is still the caller's, and notes a successful push.

ARGV  1  turn
      2  when this push took its turn, or '' if it failed
      3  '1': it has gone round all series: each has a start now, or none for ever (begin-push.lua)
Returns 1 if the turn was still the caller's, otherwise 0
Complexity O(1).
]]
if ARGV[2] ~= '' and tonumber(ARGV[2]) > tonumber(redis.call('GET', key_named('pushed')) or 0) then
  redis.call('SET', key_named('pushed'), ARGV[2])
end
if ARGV[3] == '1' and redis.call('HEXISTS', key_named('started'), '#') == 1 then
  redis.call('HSET', key_named('started'), '#', '0')
end
if redis.call('GET', key_named('turn')) == ARGV[1] then
  return redis.call('DEL', key_named('turn'))
end
return 0

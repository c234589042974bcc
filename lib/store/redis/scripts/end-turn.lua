--[[
Gives a turn back, if it is still the caller's, and notes a successful push.

ARGV  1  turn
      2  when this push took its turn, or '' if it failed
      3  what begin-push.lua said of lost starts, if the push has gone round all series: each has a start now, or none for ever;
         'none': it has shown series without noting when they began; '': neither
Returns 1 if the turn was still the caller's, otherwise 0
Complexity O(1).
]]
if ARGV[2] ~= '' and tonumber(ARGV[2]) > tonumber(redis.call('GET', key_named('pushed')) or 0) then
  redis.call('SET', key_named('pushed'), ARGV[2])
end
local is_callers = redis.call('GET', key_named('turn')) == ARGV[1]
if ARGV[3] == 'none' then
  show_without_starts()
elseif ARGV[2] ~= '' and not is_callers then
  -- What it has noted may be lost with its turn.
  lose_starts(starts_lost_now())
elseif ARGV[3] ~= '' and redis.call('HGET', key_named('started'), '#') == ARGV[3] then
  redis.call('HSET', key_named('started'), '#', '0')
end
return is_callers and redis.call('DEL', key_named('turn')) or 0

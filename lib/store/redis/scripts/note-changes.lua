--[[
Notes that series are about to change. Before the change, not after it: what is just being counted must not expire.

ARGV  of each series: family, labels
Returns the number of series
Complexity O(series in the call * log(series of the group)).
]]
note_group()
local now = clock()
for at = 1, #ARGV, 2 do
  redis.call('ZADD', key_named('changed'), now, series_id(ARGV[at], ARGV[at + 1]))
end
return #ARGV / 2

--[[
Keeps track of new series, which a push shows at 0 until Prometheus has had the time to see them so.

ARGV  1  'release' | 'shown'
      2  for 'release' how long a series must have been shown at 0 in milliseconds, 0: not at all;
         for 'shown' when the push that has just succeeded took its turn
Returns 1
Complexity O(series released + log(new series)).
]]
if ARGV[1] == 'release' then
  release_new(tonumber(ARGV[2]))
elseif redis.call('EXISTS', key_named('new')) == 1 then
  redis.call('ZADD', key_named('shown'), digits(clock()), ARGV[2])
end
return 1

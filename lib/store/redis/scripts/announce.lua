--[[
Keeps track of new series, which a push shows at 0 until Prometheus has had the time to see them so.

ARGV  1  'release' | 'shown'
      2  for 'release' how long a series must have been shown at 0 in milliseconds, 0: not at all;
         for 'shown' when the push that has just succeeded took its turn
Returns 1
Complexity O(series released + log(new series)).

A push shows what was made before it took its turn. So all series are released at once that were made before the turn of the
latest push that succeeded long enough ago: no note of them is ever rewritten.
]]
local new, shown = key_named('new'), key_named('shown')

if ARGV[1] == 'shown' then
  if redis.call('EXISTS', new) == 1 then
    redis.call('ZADD', shown, digits(clock()), ARGV[2])
  end
  return 1
end

local for_ms, now = tonumber(ARGV[2]), clock()
if for_ms == 0 or redis.call('EXISTS', new) == 0 then
  redis.call('DEL', new, shown)
  return 1
end
-- Times that the clock has not reached: it was set back. What was new counts from now, what was shown is not known.
redis.call('ZREMRANGEBYSCORE', shown, '(' .. digits(now), '+inf')
for _, id in ipairs(redis.call('ZRANGEBYSCORE', new, '(' .. digits(now), '+inf', 'LIMIT', 0, 1000)) do
  redis.call('ZADD', new, digits(now), id)
end
local latest = redis.call('ZREVRANGEBYSCORE', shown, digits(now - for_ms), '-inf', 'LIMIT', 0, 1)[1]
if latest then
  redis.call('ZREMRANGEBYSCORE', new, '-inf', '(' .. latest)
  redis.call('ZREMRANGEBYSCORE', shown, '-inf', '(' .. redis.call('ZSCORE', shown, latest))
end
return 1

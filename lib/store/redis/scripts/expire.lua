--[[
Removes series that have not changed for long, some at a time.

ARGV  1  age at which a series is removed, in milliseconds
      2  how many to remove at the most
      3  the caller's clock in milliseconds
Returns the number of series found
Complexity O(series removed * log(series of the group)).
]]
local changed, now = key_named('changed'), clock()
-- Times that the clock has not reached: it was set back, and they count from now.
for _, id in ipairs(redis.call('ZRANGEBYSCORE', changed, '(' .. digits(now), '+inf', 'LIMIT', 0, tonumber(ARGV[2]))) do
  redis.call('ZADD', changed, digits(now), id)
end
local before = surely_past(now, ARGV[3]) - tonumber(ARGV[1])
local old = redis.call('ZRANGEBYSCORE', changed, '-inf', digits(before), 'LIMIT', 0, tonumber(ARGV[2]))
-- Key -> fields.
local removed = {}
for _, id in ipairs(old) do
  local family, labels = string.match(id, '^([^{]*){(.*)$')
  local layout = layout_of(family)
  if layout then
    local key, field = place_of(family, layout, labels)
    redis.call('HDEL', key, field)
    redis.call('HDEL', exemplars_of(family, (parts_of(layout))), labels)
    removed[key] = removed[key] or {}
    table.insert(removed[key], field)
  end
  redis.call('ZREM', changed, id)
end
for key, fields in pairs(removed) do
  forget_starts(key, fields)
end
return #old

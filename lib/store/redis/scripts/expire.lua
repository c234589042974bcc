--[[
Removes series that have not changed for long, some at a time.

ARGV  1  age at which a series is removed, in milliseconds
      2  how many to remove at the most
Returns the number of series found
Complexity O(series removed * log(series of the group)).
]]
local before = clock() - tonumber(ARGV[1])
local old = redis.call('ZRANGEBYSCORE', key_named('changed'), '-inf', before, 'LIMIT', 0, tonumber(ARGV[2]))
for _, id in ipairs(old) do
  local family, labels = string.match(id, '^([^{]*){(.*)$')
  local n = bucket_count(family)
  redis.call('HDEL', bucket_key(family, address(hash_of(labels), n, power_of(n))), labels)
  redis.call('ZREM', key_named('changed'), id)
end
return #old

--[[
Removes everything of a group that nobody writes or pushes any more.

ARGV  1  'look': only say whether it is quiet | 'remove'
      2  the caller's turn
      3  for how many milliseconds nobody may have written or pushed
Returns 1 if it is quiet and the turn is the caller's, and for 'remove' everything is gone; otherwise 0
Complexity O(families and buckets).
]]
local since = clock() - tonumber(ARGV[3])
local latest = redis.call('ZREVRANGE', key_named('seen'), 0, 0, 'WITHSCORES')

if redis.call('GET', key_named('turn')) ~= ARGV[2] then
  return 0
end
if tonumber(redis.call('GET', key_named('pushed')) or 0) > since or (latest[2] and tonumber(latest[2]) * 1000 > since) then
  return 0
end
if ARGV[1] == 'remove' then
  for _, family in ipairs(family_names()) do
    unlink_series(family)
  end
  redis.call('UNLINK', KEYS[1])
  for _, name in ipairs({'buckets', 'changed', 'ledger', 'new', 'pushed', 'restore', 'seen', 'shown', 'turn', 'writers'}) do
    redis.call('UNLINK', key_named(name))
  end
end
return 1

--[[
Removes a group that nobody writes or pushes any more: its values at once, then what they leave (sweep.lua), then the rest.

ARGV  1  'look': only say whether it is quiet | 'empty': forget its values | 'remove': and all else
      2  the caller's turn
      3  for how many milliseconds nobody may have written or pushed
      4  the caller's clock in milliseconds
Returns 1 if it is quiet and the turn is the caller's, and what was asked for is done; otherwise 0
Complexity O(families).
]]
local now = clock()
local since = surely_past(now, ARGV[4]) - tonumber(ARGV[3])
local latest = redis.call('ZREVRANGE', key_named('seen'), 0, 0, 'WITHSCORES')

if redis.call('GET', key_named('turn')) ~= ARGV[2] then
  return 0
end
-- A time that the clock has not reached counts from now: it was set back.
local pushed = redis.call('GET', key_named('pushed'))
if pushed and tonumber(pushed) > now then
  redis.call('SET', key_named('pushed'), digits(now))
end
if latest[2] and tonumber(latest[2]) > now then
  redis.call('ZADD', key_named('seen'), digits(now), latest[1])
end
if stored_time(pushed, now) > since or stored_time(latest[2], now) > since then
  return 0
end
if ARGV[1] ~= 'look' then
  local left, filled = garbage_of_all()
  for at = 1, #filled, 2 do
    local generation, n = parts_of(filled[at + 1])
    left[#left + 1] = string.match(filled[at], '^[^#]+') .. ':' .. generation
    left[#left + 1] = garbage_entry(n, '', digits(now))
  end
  in_parts(left, function(...)
    redis.call('HSET', key_named('garbage'), ...)
  end)
  redis.call('UNLINK', KEYS[1], key_named('layouts'), key_named('started'))
end
if ARGV[1] == 'remove' then
  for _, family in ipairs(redis.call('HKEYS', key_named('restore'))) do
    redis.call('UNLINK', key_named('since:') .. family)
  end
  local others = {'changed', 'ledger', 'new', 'processes', 'pushed', 'restore', 'seen', 'shapes', 'shown', 'turn', 'writers'}
  for _, name in ipairs(others) do
    redis.call('UNLINK', key_named(name))
  end
end
return 1

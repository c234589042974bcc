--[[
Removes everything of a group that nobody writes or pushes any more.

KEYS  1  turn     string  token of the process whose turn it is
      2  pushed   string  when the latest successful push took its turn, in milliseconds
      3  seen     zset    writer, scored by the time of its last batch in seconds
      4  families hash    family -> shape, newline, definition as JSON
      5  buckets  hash    family -> number of its buckets (absent: 1)
      6  series   prefix, not a key: see apply.lua
      7  ...      all other keys of the group
ARGV  1  'look': only say whether it is quiet | 'remove'
      2  token of the caller's turn
      3  for how many milliseconds nobody may have written or pushed
Returns 1 if it is quiet and the turn is the caller's, and for 'remove' everything is gone; otherwise 0
Complexity O(families and buckets).
]]
local time = redis.call('TIME')
local since = time[1] * 1000 + math.floor(time[2] / 1000) - tonumber(ARGV[3])
local latest = redis.call('ZREVRANGE', KEYS[3], 0, 0, 'WITHSCORES')

if redis.call('GET', KEYS[1]) ~= ARGV[2] then
  return 0
end
if tonumber(redis.call('GET', KEYS[2]) or 0) > since or (latest[2] and tonumber(latest[2]) * 1000 > since) then
  return 0
end
if ARGV[1] == 'remove' then
  for _, family in ipairs(redis.call('HKEYS', KEYS[4])) do
    for bucket = 0, tonumber(redis.call('HGET', KEYS[5], family) or 1) - 1 do
      redis.call('UNLINK', KEYS[6] .. family .. ':' .. bucket)
    end
  end
  for at, key in ipairs(KEYS) do
    if at ~= 6 then
      redis.call('UNLINK', key)
    end
  end
end
return 1

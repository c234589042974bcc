--[[
Which groups have living processes.

KEYS  1  groups     zset  group, scored by the time of its last sign of life in milliseconds
      2  processes  zset  process, space, group, scored in the same way
ARGV  1  'beat' | 'silent' | 'leave' | 'strike'
      2  'beat', 'leave': process; 'silent', 'strike': milliseconds without a sign of life
      3  'leave': milliseconds for which a sign of another process counts
      then the groups, but for 'silent'
Returns for 'silent' the groups that have been silent for so long, for 'leave' those that no other process is left of,
otherwise {}
Complexity O(groups) for 'beat' and 'strike', O(groups that are silent), for 'leave' O(living processes).
]]
local FORGOTTEN_AFTER_MS = 24 * 3600 * 1000

local op = ARGV[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

if op == 'silent' then
  return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[2]))
end

local others = {}
if op == 'leave' then
  for at = 4, #ARGV do
    redis.call('ZREM', KEYS[2], ARGV[2] .. ' ' .. ARGV[at])
  end
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], now - tonumber(ARGV[3]), '+inf')) do
    others[string.match(member, ' (.*)$')] = true
  end
end

local left = {}
for at = 4, #ARGV do
  local group = ARGV[at]
  if op == 'beat' then
    redis.call('ZADD', KEYS[1], now, group)
    redis.call('ZADD', KEYS[2], now, ARGV[2] .. ' ' .. group)
  elseif op == 'strike' then
    redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - FORGOTTEN_AFTER_MS)
    local beat = redis.call('ZSCORE', KEYS[1], group)
    if beat and tonumber(beat) <= now - tonumber(ARGV[2]) then
      redis.call('ZREM', KEYS[1], group)
    end
  elseif not others[group] then
    left[#left + 1] = group
  end
end
return left

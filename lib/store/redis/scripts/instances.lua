--[[
Which groups have living processes.

ARGV  1  'beat' | 'silent' | 'leave' | 'strike'
      2  'beat', 'leave': process; 'silent', 'strike': milliseconds without a sign of life
      3  'leave': milliseconds for which a sign of another process counts
      then the groups, but for 'silent'
Returns for 'silent' the groups that have been silent for so long, for 'leave' those that no other process is left of,
otherwise {}
Complexity O(groups) for 'beat' and 'strike', O(groups that are silent), for 'leave' O(living processes).
]]
local FORGOTTEN_AFTER_MS = 24 * 3600 * 1000

local op, groups, processes = ARGV[1], key_named('groups'), key_named('processes')
local now = clock()

if op == 'silent' then
  return redis.call('ZRANGEBYSCORE', groups, '-inf', now - tonumber(ARGV[2]))
end
note_format()

local others = {}
if op == 'leave' then
  for at = 4, #ARGV do
    redis.call('ZREM', processes, ARGV[2] .. ' ' .. ARGV[at])
  end
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', processes, now - tonumber(ARGV[3]), '+inf')) do
    others[string.match(member, ' (.*)$')] = true
  end
end

local left = {}
for at = 4, #ARGV do
  local group = ARGV[at]
  if op == 'beat' then
    redis.call('ZADD', groups, now, group)
    redis.call('ZADD', processes, now, ARGV[2] .. ' ' .. group)
  elseif op == 'strike' then
    redis.call('ZREMRANGEBYSCORE', processes, '-inf', now - FORGOTTEN_AFTER_MS)
    local beat = redis.call('ZSCORE', groups, group)
    if beat and tonumber(beat) <= now - tonumber(ARGV[2]) then
      redis.call('ZREM', groups, group)
    end
  elseif not others[group] then
    left[#left + 1] = group
  end
end
return left

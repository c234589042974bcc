--[[
Which groups have living processes, and which gateways these have configured.

ARGV  1  'beat' | 'silent' | 'leave' | 'strike' | 'gateways'
      2  'beat', 'leave': process; otherwise milliseconds without a sign of life
      3  'beat': 'watched' if the group is to be removed once it has no process any more, otherwise ''
         'leave': milliseconds for which a sign of another process counts
         'silent', 'strike': the caller's clock in milliseconds
      4  'beat': the gateways that the process has configured, as JSON
      then the groups, but for 'silent'; for 'gateways' one or none, which is any
Returns for 'silent' the groups that have been silent for so long, for 'leave' those that no other process is left of, for
'gateways' what living processes of the group have configured, each once, as it was given; otherwise {}
Complexity O(groups) for 'beat' and 'strike', O(groups that are silent), for 'leave' and 'gateways' O(living processes).
]]
local FORGOTTEN_AFTER_MS = 24 * 3600 * 1000
local FORGOTTEN_AT_A_TIME = 100

local op, groups, processes, gateways = ARGV[1], key_named('groups'), key_named('processes'), key_named('gateways')
local now = clock()

-- Each call with the process and the group of a sign of life that was given within this many milliseconds.
local function each_living(within_ms, call)
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', processes, now - within_ms, '+inf')) do
    call(string.match(member, '^(%S+) (.*)$'))
  end
end

if op == 'silent' then
  return redis.call('ZRANGEBYSCORE', groups, '-inf', surely_past(now, ARGV[3]) - tonumber(ARGV[2]))
end
if op == 'gateways' then
  local lists, seen = {}, {}
  each_living(tonumber(ARGV[2]), function(process, group)
    if seen[process] or (ARGV[5] and ARGV[5] ~= group) then
      return
    end
    seen[process] = true
    local list = redis.call('HGET', gateways, process)
    if list and not seen[list] then
      seen[list] = true
      lists[#lists + 1] = list
    end
  end)
  return lists
end
note_format()

local others = {}
if op == 'leave' then
  redis.call('HDEL', gateways, ARGV[2])
  for at = 5, #ARGV do
    redis.call('ZREM', processes, ARGV[2] .. ' ' .. ARGV[at])
  end
  each_living(tonumber(ARGV[3]), function(_, group)
    others[group] = true
  end)
elseif op == 'beat' then
  redis.call('HSET', gateways, ARGV[2], ARGV[4])
  -- Those that ended without leaving.
  local old = redis.call(
    'ZRANGEBYSCORE', processes, '-inf', now - FORGOTTEN_AFTER_MS, 'LIMIT', 0, FORGOTTEN_AT_A_TIME)
  for _, member in ipairs(old) do
    redis.call('ZREM', processes, member)
    redis.call('HDEL', gateways, string.match(member, '^%S+'))
  end
end

local left = {}
for at = 5, #ARGV do
  local group = ARGV[at]
  if op == 'beat' then
    -- A group that nobody watches over is not to be removed; one that somebody does has a process now.
    if ARGV[3] == 'watched' then
      redis.call('ZADD', groups, now, group)
    else
      redis.call('ZADD', groups, 'XX', now, group)
    end
    redis.call('ZADD', processes, now, ARGV[2] .. ' ' .. group)
  elseif op == 'strike' then
    local beat = redis.call('ZSCORE', groups, group)
    if beat and tonumber(beat) <= surely_past(now, ARGV[3]) - tonumber(ARGV[2]) then
      redis.call('ZREM', groups, group)
    end
  elseif not others[group] then
    left[#left + 1] = group
  end
end
return left

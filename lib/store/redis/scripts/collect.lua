--[[
Asks which metrics the caller is to collect for all: of those that have them, one does so, whoever pushes the group.

ARGV  1  for how many milliseconds nobody else is to collect them
      then metrics
Returns for each of them 1, or 0 if somebody has collected it within that time
Complexity O(metrics).
]]
local answers = {}
for at = 2, #ARGV do
  answers[at - 1] = redis.call('SET', key_named('collected:') .. ARGV[at], '1', 'NX', 'PX', ARGV[1]) and 1 or 0
end
return answers

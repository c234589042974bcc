--[[
Removes what processes that are gone have left of a gauge of processes.

ARGV  1  family
      2  shape whose values are meant
      then names of values: process, space, labels
Returns 1
Complexity O(values).

Whether a process is gone is asked here once more: it may have come back, and sent its values again.
]]
local family, shape = ARGV[1], ARGV[2]
local layout = layout_of_shape(family, shape)
if not layout then
  return 1
end
-- Key -> fields of the values that were removed.
local removed = {}
for at = 3, #ARGV do
  local process = string.match(ARGV[at], '^%S+')
  if not redis.call('ZSCORE', key_named('processes'), process) then
    local key, field = place_of(family, layout, ARGV[at])
    redis.call('HDEL', key, field)
    removed[key] = removed[key] or {}
    table.insert(removed[key], field)
  end
end
for key, fields in pairs(removed) do
  forget_starts(key, fields)
end
return 1

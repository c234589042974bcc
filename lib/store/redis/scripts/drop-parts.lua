--[[
Removes from series of a gauge of processes what processes have left that are gone, and series that nobody else has a value of.

ARGV  1  family
      2  shape whose values are meant
      then labels of series
Returns 1
Complexity O(size of the series' values + processes).

Whether a process is gone is asked here once more: it may have come back, and sent its values again.
]]
local family, shape = ARGV[1], ARGV[2]
local layout = layout_of_shape(family, shape)
if not layout then
  return 1
end
local lives = {}
for _, process in ipairs(redis.call('ZRANGE', key_named('processes'), 0, -1)) do
  lives[process] = true
end
-- Key -> fields of the series that were removed.
local removed = {}
for at = 3, #ARGV do
  local key, field = place_of(family, layout, ARGV[at])
  local parts = {}
  for process, number in each_part(redis.call('HGET', key, field) or '') do
    if lives[process] then
      parts[#parts + 1] = part_text(process, number)
    end
  end
  if #parts > 0 then
    redis.call('HSET', key, field, parts_text(parts))
  else
    redis.call('HDEL', key, field)
    removed[key] = removed[key] or {}
    table.insert(removed[key], field)
  end
end
for key, fields in pairs(removed) do
  forget_starts(key, fields)
end
return 1

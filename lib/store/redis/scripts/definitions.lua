--[[
Reads the definitions of a group.

Returns {family, shape and newline and definition as JSON, ...}
Complexity O(families).

A script, since a client may send plain reads to replicas, which lag behind.
]]
local fields = redis.call('HGETALL', KEYS[1])
local definitions = {}
for at = 1, #fields, 2 do
  if string.sub(fields[at], 1, 1) ~= '#' then
    definitions[#definitions + 1], definitions[#definitions + 2] = fields[at], fields[at + 1]
  end
end
return definitions

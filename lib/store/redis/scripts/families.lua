--[[
Reads which families a group has.

Returns {'1' if there may be something to sweep (sweep.lua) else '0', then for each family: definition (shape, newline, JSON), layout}
Complexity O(families).

A script, since a client may send plain reads to replicas, which lag behind. All at once, so that a reading shows what was there
at one moment, whatever is replaced meanwhile.
]]
return (all_families())

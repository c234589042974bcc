--[[
Reads which families wait for their values from before.

Returns {family, for how many milliseconds it has waited, ...}
Complexity O(families that wait), usually 0.
]]
return waiting_families()

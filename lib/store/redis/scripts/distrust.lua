--[[
Notes that Redis is older than it was: somebody remembers what it has lost.

Returns 1
Complexity O(families).
]]
await_restoration()
return 1

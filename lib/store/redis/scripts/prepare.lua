--[[
All that a push begins with, in one call: settles shapes, releases new series, and reads which families there are.

ARGV  1  after how many milliseconds without a word nobody living has a shape any more
      2  the caller's clock in milliseconds
      3  how long a new series must have been shown at 0 in milliseconds, 0: not at all
Returns {what waits (shapes.lua), families that wait for their values (pushing.lua), families (pushing.lua)}
Complexity O(families + shapes of families that have several + series released).
]]
local contested = settle_shapes(tonumber(ARGV[1]), ARGV[2], {})
if contested.err then
  return contested
end
local waiting = waiting_families()
release_new(tonumber(ARGV[3]))
return {contested, waiting, all_families()}

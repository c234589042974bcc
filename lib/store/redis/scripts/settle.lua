--[[
Settles which of several shapes of a family is shown (shapes.lua).

ARGV  1  after how many milliseconds without a word nobody living has a shape any more; '': only look
      2  the caller's clock in milliseconds
      then for each shape that the caller has defined: family, shape
Returns what waits: see shapes.lua
Complexity O(shapes of families that have several), usually 0.
]]
return settle_shapes(tonumber(ARGV[1]), ARGV[2], {unpack(ARGV, 3)})

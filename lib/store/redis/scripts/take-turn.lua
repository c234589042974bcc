--[[
Asks for the turn to push a group.

ARGV  1  turn: proves whose it is
      2  time to live of the turn in milliseconds
Returns {1 if taken else 0, now in milliseconds, when the latest successful push took its turn or 0, how long the turn of
another process lasts at the most in milliseconds, 1 if that one only reads else 0}
Complexity O(1).
]]
return take_turn(ARGV[1], ARGV[2])

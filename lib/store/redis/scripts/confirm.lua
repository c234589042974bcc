--[[
Tells whether a batch is still there, and writes to where it was marked: what `WAIT` on this connection then waits for
includes the batch, whichever connection brought it.

ARGV  1  writer
      2  number of the batch
Returns 1 if the batch is there, 0 if a failover lost it
Complexity O(1).
]]
local applied, issued = numbers_of(ARGV[1])
if not applied or applied < tonumber(ARGV[2]) then
  return 0
end
redis.call('HSET', key_named('writers'), ARGV[1], digits(applied) .. ':' .. digits(issued))
return 1

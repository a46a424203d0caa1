package redis

import "github.com/go-redis/redis/v8"

// These are a script's answers that are not a quantity.
const (
	scriptFull    = -1
	scriptMissing = -2
)

// addScript remembers each call for longer than the client repeats it.
func addScript() *redis.Script {
	return redis.NewScript(`
local ttl, max_lines, max_quantity, id, quantity, price = unpack(ARGV)
local old = tonumber(redis.call('HGET', KEYS[1], 'q:' .. id) or 0)
if old > 0 and redis.call('EXISTS', KEYS[2]) == 1 then return old end
local new = old + tonumber(quantity)
if new > tonumber(max_quantity) then return -1 end
if old == 0 and redis.call('HLEN', KEYS[1]) / 2 >= tonumber(max_lines) then return -1 end
redis.call('HSET', KEYS[1], 'q:' .. id, new, 'p:' .. id, price)
redis.call('EXPIRE', KEYS[1], ttl)
redis.call('SET', KEYS[2], '', 'EX', 60)
return new`)
}

func setScript() *redis.Script {
	return redis.NewScript(`
local ttl, id, quantity, price = unpack(ARGV)
if redis.call('HEXISTS', KEYS[1], 'q:' .. id) == 0 then return -2 end
if quantity ~= '' then redis.call('HSET', KEYS[1], 'q:' .. id, quantity) end
if price ~= '' then redis.call('HSET', KEYS[1], 'p:' .. id, price) end
redis.call('EXPIRE', KEYS[1], ttl)
return 0`)
}

// The whole target is worked out before anything is written.
func mergeScript() *redis.Script {
	return redis.NewScript(`
local ttl, max_lines, max_quantity = unpack(ARGV)
local source = redis.call('HGETALL', KEYS[1])
if #source == 0 then return 0 end
local lines = redis.call('HLEN', KEYS[2]) / 2
local fields = {}
for n = 1, #source, 2 do
  local field, value = source[n], source[n + 1]
  if string.sub(field, 1, 2) == 'q:' then
    local old = redis.call('HGET', KEYS[2], field)
    if not old then lines = lines + 1 end
    value = tonumber(value) + tonumber(old or 0)
    if value > tonumber(max_quantity) or lines > tonumber(max_lines) then return -1 end
  end
  table.insert(fields, field)
  table.insert(fields, value)
end
redis.call('HSET', KEYS[2], unpack(fields))
redis.call('EXPIRE', KEYS[2], ttl)
redis.call('DEL', KEYS[1])
return 0`)
}

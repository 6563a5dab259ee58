-- Requests of a day at a desk: a few hosts, many paths, one in ten a POST with a body.
local hosts = { "api.shop.test", "auth.shop.test", "img.shop.test", "search.shop.test", "localhost:8080" }
local n = 0

request = function()
  n = n + 1
  local headers = {
    ["Host"] = hosts[n % #hosts + 1],
    ["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    ["Accept"] = "application/json",
    ["Accept-Language"] = "en-GB,en;q=0.9,zh-TW;q=0.8",
  }
  local path = "/json/v" .. n % 3 .. "/orders/" .. n .. "?page=" .. n % 17
  if n % 50 == 1 then path = "/missing/" .. n end
  if n % 10 == 0 then
    headers["Content-Type"] = "application/json"
    return wrk.format("POST", path, headers, '{"order":' .. n .. ',"items":[{"sku":"A-' .. n % 997 .. '","count":2}],"note":"leave it at the door"}')
  end
  return wrk.format("GET", path, headers)
end

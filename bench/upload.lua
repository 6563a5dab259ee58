-- A body of 10 MiB.
wrk.method = "POST"
wrk.path = "/upload"
wrk.body = string.rep("z", 10 * 1024 * 1024)

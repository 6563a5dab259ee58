/** nginx's directives by what an import has to say of them. */
import type { Directive } from './syntax.ts';

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

/** About processes, memory, logs, sockets and buffers: clients and backends see nothing of them. */
const UNSEEN = words(`
  events worker_processes worker_rlimit_nofile worker_cpu_affinity worker_priority worker_shutdown_timeout worker_connections
  multi_accept use accept_mutex pid user daemon master_process load_module pcre_jit thread_pool timer_resolution lock_file
  access_log error_log log_format log_not_found log_subrequest open_log_file_cache rewrite_log
  sendfile sendfile_max_chunk tcp_nopush tcp_nodelay aio directio output_buffers postpone_output reset_timedout_connection
  types_hash_max_size types_hash_bucket_size server_names_hash_bucket_size server_names_hash_max_size
  map_hash_bucket_size map_hash_max_size variables_hash_max_size variables_hash_bucket_size proxy_headers_hash_max_size
  proxy_headers_hash_bucket_size open_file_cache open_file_cache_valid open_file_cache_min_uses open_file_cache_errors
  ssl_session_cache ssl_session_timeout ssl_session_tickets ssl_prefer_server_ciphers ssl_buffer_size ssl_dhparam
  ssl_stapling ssl_stapling_verify resolver resolver_timeout proxy_ssl_session_reuse proxy_ssl_verify_depth
  proxy_buffering proxy_buffers proxy_buffer_size proxy_busy_buffers_size proxy_max_temp_file_size
  proxy_temp_file_write_size proxy_request_buffering proxy_http_version proxy_socket_keepalive proxy_temp_path
  client_body_buffer_size client_body_temp_path client_header_buffer_size large_client_header_buffers
  connection_pool_size request_pool_size client_body_in_single_buffer
  fastcgi_temp_path uwsgi_temp_path scgi_temp_path grpc_buffer_size limit_req_log_level limit_conn_log_level
  http2 http2_max_concurrent_streams server_tokens merge_slashes`);

/** Read by an importer wherever they are in effect; one that is replaced everywhere has nothing to say. */
const REPLACEABLE = words(`
  proxy_set_header grpc_set_header add_header proxy_hide_header grpc_hide_header limit_req limit_req_status
  allow deny satisfy auth_basic auth_basic_user_file auth_request root index default_type proxy_redirect
  proxy_connect_timeout proxy_read_timeout proxy_send_timeout proxy_next_upstream proxy_next_upstream_tries
  proxy_ssl_verify proxy_ssl_trusted_certificate proxy_ssl_name proxy_ssl_server_name proxy_ssl_certificate
  proxy_ssl_certificate_key grpc_ssl_verify grpc_ssl_trusted_certificate grpc_ssl_name grpc_ssl_server_name`);

const REASONS: Readonly<Record<string, string>> = {
  include:
    'another file, which may have servers and say who comes; put its text in its place, or import what nginx -T prints',
  gzip: 'answers keep the coding that the backend gives them',
  client_max_body_size: 'bodies may be of any length here',
  error_page: 'answers of backends and of Switchyard itself stay; a rule can change status and body',
  default_type: 'types of files are told by their names',
  types: 'types of files are told by their names',
  expires: 'add a rule that sets cache-control',
  map: 'what depends on its variable is told where it is used',
  geo: 'what depends on its variable is told where it is used',
  split_clients: 'a route with `split` shares requests out',
  mirror: 'a route has `mirror`',
  limit_conn: '`connections` of a pool bounds those to backends',
  stream: 'only HTTP is imported',
  mail: 'only HTTP is imported',
  set_real_ip_from:
    'name them in trustedProxies of the listener; until then it knows their address only, and what asks for that of clients answers 403 to all',
  real_ip_header: 'trustedProxies of the listener takes X-Forwarded-For',
  client_header_timeout: 'see `limits` of the listener',
  client_body_timeout: 'see `limits` of the listener',
  keepalive_timeout: 'see `limits` of the listener',
  ssl_protocols: "TLS versions are Node's: 1.2 and 1.3",
  ssl_ciphers: "ciphers are Node's",
};

export function isUnseen({ name, words: [first = ''] }: Directive): boolean {
  // Who upgrades a connection needs no header for it here.
  if (name === 'map') return first === '$http_upgrade';
  if (name === 'merge_slashes') return first === 'on';
  return UNSEEN.has(name);
}

export function isReplaceable(name: string): boolean {
  return REPLACEABLE.has(name);
}

/** Files of nginx's packages that set parameters and TLS, and ask nobody. */
const HARMLESS_FILES =
  /(?:^|\/)(?:mime\.types|(?:proxy|fastcgi|uwsgi|scgi)_params|fastcgi\.conf|options-ssl-nginx\.conf|snakeoil\.conf|fastcgi-php\.conf)$/;

/** One that sets parameters and TLS, and asks nobody. */
export function isKnownFile(file: string): boolean {
  return HARMLESS_FILES.test(file);
}

/** Why a directive that nobody has read is left out. */
export function whyNot({ name, words: [first = ''] }: Directive): string {
  if (name === 'include' && /(?:^|\/)proxy_params$/.test(first))
    return 'its text is not here: it is taken as Debian has it';
  if (name === 'include' && isKnownFile(first)) return 'a file of nginx itself: what it sets has no counterpart here';
  const why = REPLACEABLE.has(name) ? 'it acts on nothing here' : 'it has no counterpart here';
  return REASONS[name] ?? why;
}

/** What a location has for itself. */
const OWN = words(
  `location server upstream return rewrite if set break proxy_pass grpc_pass fastcgi_pass uwsgi_pass scgi_pass memcached_pass
  alias try_files limit_except listen server_name include`,
);

export function isInherited({ name }: Directive): boolean {
  return !OWN.has(name);
}

/** Where a block has one of these, none of the same family holds from outside. */
export function familyOf({ name }: Directive): string {
  if (name === 'allow' || name === 'deny') return 'access';
  return name === 'alias' ? 'root' : name;
}

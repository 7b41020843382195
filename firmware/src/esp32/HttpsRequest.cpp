#include "HttpsRequest.h"

#include <string.h>

namespace evse::esp32 {

namespace {

constexpr int kTimeoutMs = 20000;
constexpr int kReceiveBytes = 1024;
// The first line of a request has to fit, whose URL may have 512 characters and a file name.
constexpr int kSendBytes = 1024;

// A user in front of the host, such as https://user:password@host/.
bool has_user(const char* url) {
  const char* host = strstr(url, "://");
  if (host == nullptr) return false;
  for (const char* at = host + 3; *at != '\0' && *at != '/' && *at != '?'; ++at) {
    if (*at == '@') return true;
  }
  return false;
}

}  // namespace

esp_http_client_config_t https_request(const char* url, const char* ca_pem) {
  esp_http_client_config_t config = {};
  config.url = url;
  config.cert_pem = ca_pem;
  config.timeout_ms = kTimeoutMs;
  config.buffer_size = kReceiveBytes;
  config.buffer_size_tx = kSendBytes;
  config.disable_auto_redirect = true;  // It might lead to plain HTTP.
  // User and password of the URL leave with the first request only where this is said.
  config.auth_type = has_user(url) ? HTTP_AUTH_TYPE_BASIC : HTTP_AUTH_TYPE_NONE;
  return config;
}

}  // namespace evse::esp32

// What every request to a file server has in common: HTTPS with one CA, no redirections.
#pragma once

#include <esp_http_client.h>

namespace evse::esp32 {

// `url` and `ca_pem` are read by esp_http_client_init. Without a CA nobody could be believed: the
// caller refuses before.
esp_http_client_config_t https_request(const char* url, const char* ca_pem);

}  // namespace evse::esp32

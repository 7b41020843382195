#include "ocpp/transfer.h"

#include "ocpp/configuration.h"

namespace evse::ocpp {

namespace {

// Where the order leaves them to the charger.
constexpr int32_t kRetries = 3;
constexpr int32_t kRetryIntervalS = 60;
constexpr int32_t kMostRetries = 100;
constexpr int32_t kLongestIntervalS = 7 * 86400;

int32_t bounded(int32_t value, int32_t most) {
  if (value < 0) return 0;
  return value < most ? value : most;
}

}  // namespace

int attempts_of(const Json* order) {
  return bounded(integer_of(order, "retries", kRetries), kMostRetries) + 1;
}

int32_t retry_interval_s_of(const Json* order) {
  return bounded(integer_of(order, "retryInterval", kRetryIntervalS), kLongestIntervalS);
}

bool is_location(const char* url, const char* schemes) {
  const char* colon = strstr(url, "://");
  if (colon == nullptr || strlen(url) > static_cast<size_t>(kLocation)) return false;
  const char* host = colon + 3;
  if (*host == '\0' || *host == '/' || *host == '?' || *host == ':') return false;
  for (const char* at = url; *at != '\0'; ++at) {
    if (static_cast<unsigned char>(*at) <= ' ') return false;
  }
  Text<8> scheme;
  scheme.add(url, static_cast<int>(colon - url));
  // Stops at the one that is meant.
  return scheme.fits() && !each_item(schemes, [&scheme](const char* one) {
    return !scheme.is(one);
  });
}

Text<80> bare(const Location& url) {
  const char* after_scheme = strstr(url.get(), "://");
  if (after_scheme == nullptr) return Text<80>();
  after_scheme += 3;
  const char* end = after_scheme;
  const char* host = after_scheme;
  for (; *end != '\0' && *end != '/' && *end != '?'; ++end) {
    if (*end == '@') host = end + 1;
  }
  // Without the query too: it may hold a token.
  while (*end != '\0' && *end != '?') ++end;
  Text<80> text;
  text.add(url.get(), static_cast<int>(after_scheme - url.get()));
  text.add(host, static_cast<int>(end - host));
  return text;
}

}  // namespace evse::ocpp

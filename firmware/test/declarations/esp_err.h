// docs.espressif.com/projects/esp-idf/en/v4.4/esp32/api-reference/system/esp_err.html
#pragma once

typedef int esp_err_t;
#define ESP_OK 0
#define ESP_FAIL -1
#define ESP_ERR_INVALID_STATE 0x103
#define ESP_ERR_TIMEOUT 0x107

void abort_of_esp_error_check(esp_err_t result);
#define ESP_ERROR_CHECK(x) \
  do { \
    const esp_err_t result_of_check = (x); \
    if (result_of_check != ESP_OK) abort_of_esp_error_check(result_of_check); \
  } while (0)

// docs.espressif.com/projects/esp-idf/en/v4.4/esp32/api-reference/peripherals/adc.html, and
// components/hal/include/hal/adc_types.h of ESP-IDF 4.4
#pragma once

#include <stdint.h>

#include "esp_err.h"

typedef enum { ADC_UNIT_1 = 1 } adc_unit_t;
typedef enum { ADC_ATTEN_DB_11 = 3 } adc_atten_t;
typedef enum { ADC_WIDTH_BIT_12 = 3 } adc_bits_width_t;
typedef enum { ADC_CONV_SINGLE_UNIT_1 = 1 } adc_digi_convert_mode_t;
typedef enum {
  ADC_DIGI_OUTPUT_FORMAT_TYPE1,
  ADC_DIGI_OUTPUT_FORMAT_TYPE2,
} adc_digi_output_format_t;

typedef struct {
  uint8_t atten;
  uint8_t channel;
  uint8_t unit;
  uint8_t bit_width;
} adc_digi_pattern_config_t;

typedef struct adc_digi_init_config_s {
  uint32_t max_store_buf_size;
  uint32_t conv_num_each_intr;
  uint32_t adc1_chan_mask;
  uint32_t adc2_chan_mask;
} adc_digi_init_config_t;

typedef struct {
  bool conv_limit_en;
  uint32_t conv_limit_num;
  uint32_t pattern_num;
  adc_digi_pattern_config_t* adc_pattern;
  uint32_t sample_freq_hz;
  adc_digi_convert_mode_t conv_mode;
  adc_digi_output_format_t format;
} adc_digi_configuration_t;

esp_err_t adc_digi_initialize(const adc_digi_init_config_t* init_config);
esp_err_t adc_digi_controller_configure(const adc_digi_configuration_t* config);
esp_err_t adc_digi_start(void);
esp_err_t adc_digi_read_bytes(uint8_t* buf, uint32_t length_max, uint32_t* out_length,
                              uint32_t timeout_ms);

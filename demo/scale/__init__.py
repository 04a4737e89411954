"""Made-up reporting of a whole nation, to measure with: `manage.py generate_scale_data`."""

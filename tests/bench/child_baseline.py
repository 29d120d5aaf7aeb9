"""The baseline process: imports boto3 and creates a client. Prints its CPU seconds."""

import sys
import time

import boto3

boto3.client("dynamodb")
sys.stdout.write(str(time.process_time()))

"""A process that does what every Lambda function in Python with AWS does at the least."""

import boto3

boto3.client("dynamodb")

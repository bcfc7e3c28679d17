"""The city platform (上报与交换): what is uploaded, what has to be taken down there, what was sent."""

"""Images and what is known of each, a row an image: captions, reports and labels, whatever form their rows come in."""
